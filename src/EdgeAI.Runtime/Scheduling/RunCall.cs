using EdgeAI.Inference;

namespace EdgeAI.Scheduling;

/// <summary>A run as its caller wants it.</summary>
/// <param name="Inputs">Checked inputs.</param>
/// <param name="Options">The caller's, or null.</param>
/// <param name="Device">The device of the lease, for a run that names none; null for any.</param>
internal sealed record RunCall(IReadOnlyDictionary<string, ModelValue> Inputs, ModelRunOptions? Options, string? Device)
{
    /// <summary>Whether a full queue is an answer.</summary>
    public bool IsTry { get; init; }

    /// <summary>Whether the caller waits on its thread, so that the run may take place there.</summary>
    public bool IsBlocking { get; init; }
}
