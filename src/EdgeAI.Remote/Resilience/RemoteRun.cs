using EdgeAI.Remote.Balancing;
using EdgeAI.Remote.Protocol;
using Polly;

namespace EdgeAI.Remote.Resilience;

/// <summary>A call to a cluster, over all its tries.</summary>
/// <param name="model">The model that it is about.</param>
/// <param name="isStateful">Whether it may be done twice.</param>
/// <param name="deadline">When it must be done, as a timestamp; null for never.</param>
internal sealed class RemoteRun(RemoteModelName model, bool isStateful, long? deadline)
{
    public static readonly ResiliencePropertyKey<RemoteRun> Key = new("EdgeAI.Remote.Run");

    private readonly Lock _lock = new();
    private readonly List<Endpoint> _tried = [];

    public RemoteModelName Model => model;

    /// <summary>How long the latest runs of the model took; null for what is not hedged.</summary>
    public LatencyWindow? Latencies { get; init; }

    /// <summary>How long it has; null when it has all time.</summary>
    public TimeSpan? Left(TimeProvider time) => deadline is { } end ? time.GetElapsedTime(time.GetTimestamp(), end) : null;

    /// <summary>Chooses where it is tried next, and remembers that.</summary>
    public Endpoint? Take(IReadOnlyList<Endpoint> endpoints)
    {
        lock (_lock)
        {
            var chosen = PowerOfTwoChoices.Choose(endpoints, model, _tried, System.Random.Shared.Next);
            if (chosen is not null)
            {
                _tried.Add(chosen);
            }

            return chosen;
        }
    }

    /// <summary>Whether an endpoint is well where it was not tried yet.</summary>
    public bool HasAnother(IReadOnlyList<Endpoint> endpoints)
    {
        lock (_lock)
        {
            return endpoints.Any(endpoint => endpoint.Problem is null && !endpoint.Lacks(model) && !_tried.Contains(endpoint));
        }
    }

    /// <summary>Whether it may be tried again after a failure.</summary>
    public bool MayRetry(Exception? exception) => exception is RemoteCallException { Kind: var kind, IsUntouched: var isUntouched }
        && (isUntouched || (!isStateful && kind is RemoteFailure.Broken));
}
