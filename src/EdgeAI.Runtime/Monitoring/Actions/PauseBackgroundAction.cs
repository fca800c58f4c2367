using EdgeAI.Transfers;

namespace EdgeAI.Monitoring.Actions;

/// <summary>Holds up transfers that nobody waits for, until it ends.</summary>
internal sealed class PauseBackgroundAction(ITransferScheduler transfers) : IMonitoringAction
{
    public ValueTask<string> BeginAsync(MonitoringContext context, CancellationToken cancellationToken = default)
    {
        if (transfers is not IBackgroundTransfers background)
        {
            return ValueTask.FromResult("nothing, because the transfer scheduler is an app's own that can't be told to");
        }

        background.IsPaused = true;
        return ValueTask.FromResult("background transfers stand still");
    }

    public ValueTask<string> EndAsync(MonitoringContext context, CancellationToken cancellationToken = default)
    {
        if (transfers is IBackgroundTransfers background)
        {
            background.IsPaused = false;
        }

        return ValueTask.FromResult("background transfers go on");
    }
}
