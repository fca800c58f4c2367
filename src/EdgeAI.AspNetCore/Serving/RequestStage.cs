namespace EdgeAI.AspNetCore.Serving;

/// <summary>What time is counted for, as statistics name it.</summary>
internal enum RequestStage
{
    /// <summary>Whole requests that succeeded.</summary>
    Success,

    /// <summary>Whole requests that failed.</summary>
    Fail,

    /// <summary>Waiting for a run.</summary>
    Queue,

    /// <summary>Reading inputs.</summary>
    Input,

    /// <summary>Running.</summary>
    Infer,

    /// <summary>Writing outputs.</summary>
    Output,
}
