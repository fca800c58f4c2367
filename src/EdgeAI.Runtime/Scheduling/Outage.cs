namespace EdgeAI.Scheduling;

/// <summary>How long a device is left alone after it failed: half a minute, then twice as long each time, up to ten minutes.</summary>
internal sealed record Outage(int Count, DateTimeOffset Until, string Reason)
{
    private const int MaxDoublings = 5;

    private static readonly TimeSpan First = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    public static Outage After(int failuresBefore, Exception error, TimeProvider time)
    {
        var pause = First * (1 << Math.Min(failuresBefore, MaxDoublings));
        return new(failuresBefore + 1, time.GetUtcNow() + (pause < Longest ? pause : Longest), error.Message);
    }
}
