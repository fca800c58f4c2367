using EdgeAI.Inference;
using EdgeAI.Providers;

namespace EdgeAI.Monitoring.Actions;

/// <summary>Sends runs to remote devices first, until it ends.</summary>
internal sealed class OffloadToClusterAction(IInferenceEngine engine) : IMonitoringAction
{
    private IDisposable? _override;

    public ValueTask<string> BeginAsync(MonitoringContext context, CancellationToken cancellationToken = default)
    {
        if (!engine.Devices.Any(status => status.Device.Kind == DeviceKind.Remote))
        {
            return ValueTask.FromResult("nothing, because there is no remote cluster: add an execution provider with remote devices");
        }

        var begun = engine.OverrideRemotePolicy(RemotePolicy.RemoteFirst, $"a rule says so: {context.Rule}");
        Interlocked.Exchange(ref _override, begun)?.Dispose();
        return ValueTask.FromResult("runs go to remote devices first");
    }

    public ValueTask<string> EndAsync(MonitoringContext context, CancellationToken cancellationToken = default)
    {
        var begun = Interlocked.Exchange(ref _override, null);
        begun?.Dispose();
        return ValueTask.FromResult(begun is null ? "nothing to end" : "runs go where they went before");
    }
}
