using EdgeAI.Inference;

namespace EdgeAI.AspNetCore.Protocol;

/// <summary>The parameters of a request that this server knows, over REST and over gRPC; others mean nothing here.</summary>
internal struct RequestParameters
{
    public const string PriorityName = "priority";
    public const string TimeoutName = "timeout";
    public const string BinaryOutputName = "binary_data_output";

    private const long MaxTimeoutMicroseconds = 1_000_000L * 60 * 60 * 24;

    private RunPriority _priority;
    private TimeSpan? _deadline;

    /// <summary>Whether outputs are binary unless they say otherwise.</summary>
    public bool IsBinaryOutput { get; set; }

    /// <summary>How the run is wanted; null when the request does not say.</summary>
    public readonly ModelRunOptions? Wish => _priority == RunPriority.Normal && _deadline is null ? null : new ModelRunOptions { Priority = _priority, Deadline = _deadline };

    /// <summary>Sets the priority: 0 is the server's own choice, 1 is high, 2 is normal, and what is more is low.</summary>
    public void SetPriority(long value) => _priority = value switch
    {
        0 or 2 => RunPriority.Normal,
        1 => RunPriority.High,
        > 2 => RunPriority.Low,
        _ => throw ProtocolException.Malformed($"The priority is {value}; it must be 0 or more."),
    };

    /// <summary>Sets the longest time that the run may take, in microseconds; 0 is the server's own choice.</summary>
    public void SetTimeout(long microseconds) => _deadline = microseconds switch
    {
        0 => null,
        > 0 and <= MaxTimeoutMicroseconds => TimeSpan.FromMicroseconds(microseconds),
        _ => throw ProtocolException.Malformed($"The timeout is {microseconds} microseconds; it must be from 0 to {MaxTimeoutMicroseconds}."),
    };
}
