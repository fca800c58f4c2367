using EdgeAI.Storage;

namespace EdgeAI.Monitoring.Actions;

/// <summary>Reads from the backups first, until it ends.</summary>
internal sealed class SwitchToBackupStorageAction(IModelStore store) : IMonitoringAction
{
    public ValueTask<string> BeginAsync(MonitoringContext context, CancellationToken cancellationToken = default)
    {
        if (store is not IStorageControl { Clusters: [var primary, var backup, ..] } control)
        {
            return ValueTask.FromResult("nothing, because the store has no backup cluster");
        }

        control.PrefersBackup = true;
        return ValueTask.FromResult($"reads go to '{backup.Name}' before '{primary.Name}'");
    }

    public ValueTask<string> EndAsync(MonitoringContext context, CancellationToken cancellationToken = default)
    {
        if (store is not IStorageControl { Clusters: [var primary, _, ..] } control)
        {
            return ValueTask.FromResult("nothing to end");
        }

        control.PrefersBackup = false;
        return ValueTask.FromResult($"reads go to '{primary.Name}' first again");
    }
}
