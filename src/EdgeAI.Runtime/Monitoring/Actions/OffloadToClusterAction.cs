using EdgeAI.Inference;

namespace EdgeAI.Monitoring.Actions;

/// <summary>Sends runs to remote devices first, until it ends.</summary>
internal sealed class OffloadToClusterAction(IInferenceEngine engine) : IMonitoringAction
{
    public ValueTask<string> BeginAsync(MonitoringContext context, CancellationToken cancellationToken = default)
    {
        if (engine is not IEngineControl { HasRemoteDevices: true } control)
        {
            return ValueTask.FromResult("nothing, because there is no remote cluster: add an execution provider with remote devices");
        }

        control.PrefersRemote = true;
        return ValueTask.FromResult("runs go to remote devices first");
    }

    public ValueTask<string> EndAsync(MonitoringContext context, CancellationToken cancellationToken = default)
    {
        if (engine is not IEngineControl { HasRemoteDevices: true } control)
        {
            return ValueTask.FromResult("nothing to end");
        }

        control.PrefersRemote = false;
        return ValueTask.FromResult("runs go to any device again");
    }
}
