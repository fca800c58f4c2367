using EdgeAI.AspNetCore.Rest;
using EdgeAI.Inference;
using EdgeAI.Storage;
using Microsoft.AspNetCore.Http;

namespace EdgeAI.AspNetCore.Management;

/// <summary>/edgeai/v1/placements, /usage, /backlog, /memory and /devices: the state that the store and the engine are in.</summary>
internal sealed class StateEndpoints(IModelStore store, IInferenceEngine engine)
{
    public async Task GetPlacementsAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var placements = await store.ListPlacementsAsync(cancellationToken).ConfigureAwait(false);
        await RestHandler.WriteJsonAsync(context, json => json.WriteArray(placements, ManagementJson.Write), cancellationToken).ConfigureAwait(false);
    }

    public async Task GetUsageAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var usage = await store.GetUsageAsync(cancellationToken).ConfigureAwait(false);
        await RestHandler.WriteJsonAsync(context, json => ManagementJson.Write(json, usage), cancellationToken).ConfigureAwait(false);
    }

    public async Task GetBacklogAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var backlog = await store.GetBacklogAsync(cancellationToken).ConfigureAwait(false);
        await RestHandler.WriteJsonAsync(context, json => json.WriteArray(backlog.Entries, ManagementJson.Write), cancellationToken).ConfigureAwait(false);
    }

    public Task GetMemoryAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var memory = engine.GetMemory();
        return RestHandler.WriteJsonAsync(context, json => ManagementJson.Write(json, memory), cancellationToken);
    }

    public Task GetDevicesAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var devices = engine.Devices;
        return RestHandler.WriteJsonAsync(context, json => json.WriteArray(devices, ManagementJson.Write), cancellationToken);
    }
}
