using Microsoft.Extensions.Hosting;

namespace EdgeAI.Startup;

/// <summary>Imports and loads an instance's models before the app begins to serve.</summary>
internal sealed class ModelStartup(EdgeRuntime runtime) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => runtime.StartAsync(cancellationToken).AsTask();

    public Task StopAsync(CancellationToken cancellationToken) => runtime.StopAsync().AsTask();
}
