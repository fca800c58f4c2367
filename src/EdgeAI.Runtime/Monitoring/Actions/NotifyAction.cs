namespace EdgeAI.Monitoring.Actions;

/// <summary>Leaves it at what every rule tells.</summary>
internal sealed class NotifyAction : IMonitoringAction
{
    public ValueTask<string> BeginAsync(MonitoringContext context, CancellationToken cancellationToken = default) => ValueTask.FromResult("told");

    public ValueTask<string> EndAsync(MonitoringContext context, CancellationToken cancellationToken = default) => ValueTask.FromResult("told");
}
