using EdgeAI.Inference;
using Microsoft.Extensions.Hosting;

namespace EdgeAI.AspNetCore.Protocol;

/// <summary>Whether the server takes requests: the app has started, models to prewarm included, is not stopping, and has a device that can be used; an engine that says nothing of devices counts as having one.</summary>
internal sealed class ServerHealth(IInferenceEngine engine, IHostApplicationLifetime lifetime)
{
    /// <summary>Cancelled when the app begins to stop.</summary>
    public CancellationToken Stopping => lifetime.ApplicationStopping;

    public bool IsReady =>
        lifetime.ApplicationStarted.IsCancellationRequested
        && !lifetime.ApplicationStopping.IsCancellationRequested
        && (engine.Devices is { Count: 0 } || engine.Devices.Any(device => device.IsUsable));
}
