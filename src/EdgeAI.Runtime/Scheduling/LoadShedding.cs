using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Telemetry;

namespace EdgeAI.Scheduling;

/// <summary>Refuses runs of low priority while a rule wants that. Thread-safe.</summary>
internal sealed class LoadShedding(RuntimeTelemetry telemetry)
{
    private long _retryAfter;

    /// <summary>How long who is refused is told to wait; null refuses nobody.</summary>
    public TimeSpan? RetryAfter
    {
        get => Volatile.Read(ref _retryAfter) is > 0 and var ticks ? TimeSpan.FromTicks(ticks) : null;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value ?? TimeSpan.MaxValue, TimeSpan.Zero, nameof(value));
            Volatile.Write(ref _retryAfter, value?.Ticks ?? 0);
        }
    }

    /// <summary>Looks whether a run may go on.</summary>
    /// <returns>False for one that was to be tried only.</returns>
    /// <exception cref="LoadShedException">It may not.</exception>
    public bool Admit(ModelReference model, RunPriority priority, bool isTry)
    {
        if (priority >= RunPriority.Normal || RetryAfter is not { } retryAfter)
        {
            return true;
        }

        telemetry.NoteRefused();
        return isTry ? false : throw new LoadShedException(model.ToString(), retryAfter);
    }
}
