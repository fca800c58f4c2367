namespace EdgeAI.Storage.S3.Tests.Servers;

/// <summary>What a <see cref="FaultProxy"/> does to a request or its answer.</summary>
public enum ProxyFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The connection is reset and the request never arrives.</summary>
    Refuse,

    /// <summary>The request is done, and its answer is lost.</summary>
    LoseAnswer,

    /// <summary>The answer breaks off in its midst.</summary>
    BreakOff,

    /// <summary>The answer is shorter, and says so.</summary>
    Truncate,

    /// <summary>A part of the answer comes twice, and the length fits.</summary>
    Duplicate,

    /// <summary>Some bits of the answer's body are others.</summary>
    FlipBody,

    /// <summary>A bit of the answer's headers is another.</summary>
    FlipHead,

    /// <summary>The answer stops in its midst, and the connection stays.</summary>
    Stall,

    /// <summary>The answer comes in drops, and is right.</summary>
    Trickle,

    /// <summary>A page comes, with a status that means something else.</summary>
    Page,

    /// <summary>Another range is said to be in the answer.</summary>
    WrongRange,

    /// <summary>Some bits of the request's body are others.</summary>
    FlipRequest,

    /// <summary>The request's body breaks off.</summary>
    BreakOffRequest,

    /// <summary>The request is done twice, and the second answer comes.</summary>
    RepeatRequest,
}
