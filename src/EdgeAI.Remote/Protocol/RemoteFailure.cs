namespace EdgeAI.Remote.Protocol;

/// <summary>What kind of failure a call ended with, which says whether it may be tried again, and whose fault it was.</summary>
internal enum RemoteFailure
{
    /// <summary>The server was never reached.</summary>
    Unreachable,

    /// <summary>The server did not take it: too busy, or not ready.</summary>
    Busy,

    /// <summary>The connection or the time ended before the answer; the model may have run.</summary>
    Broken,

    /// <summary>The server has no such model.</summary>
    Missing,

    /// <summary>The server does not let this machine in.</summary>
    Denied,

    /// <summary>The server found the request wrong.</summary>
    Refused,

    /// <summary>The model, or the server, failed.</summary>
    Failed,

    /// <summary>The server's own time for it was over.</summary>
    Late,

    /// <summary>The answer is not one of the protocol.</summary>
    Garbled,
}
