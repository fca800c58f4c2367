using EdgeAI.Monitoring;

namespace EdgeAI.Runtime.Tests.Monitoring;

/// <summary>An action that counts.</summary>
internal sealed class FakeAction : IMonitoringAction
{
    public bool Repeats { get; init; }

    public int Begun { get; private set; }

    public int Ended { get; private set; }

    public Exception? Failure { get; set; }

    public ValueTask<string> BeginAsync(MonitoringContext context, CancellationToken cancellationToken = default)
    {
        Begun++;
        return Failure is null ? ValueTask.FromResult($"began at {context.Reading}") : ValueTask.FromException<string>(Failure);
    }

    public ValueTask<string> EndAsync(MonitoringContext context, CancellationToken cancellationToken = default)
    {
        Ended++;
        return ValueTask.FromResult("ended");
    }
}
