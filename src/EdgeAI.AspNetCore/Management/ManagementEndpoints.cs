using EdgeAI.AspNetCore.Configuration;
using EdgeAI.AspNetCore.Protocol;
using EdgeAI.AspNetCore.Rest;
using EdgeAI.Models;
using EdgeAI.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace EdgeAI.AspNetCore.Management;

/// <summary>/edgeai/v1/models: what is in the store, and what is done with it.</summary>
internal sealed class ManagementEndpoints(IModelStore store, ServingLimits limits)
{
    private const string Pull = "pull";
    private const string Import = "import";
    private const string Pin = "pin";
    private const string Unpin = "unpin";

    public async Task ListAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var models = await store.ListAsync(cancellationToken).ConfigureAwait(false);
        await RestHandler.WriteJsonAsync(context, json => json.WriteArray(models, ManagementJson.Write), cancellationToken).ConfigureAwait(false);
    }

    public async Task GetAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var reference = ReferenceOf((string?)context.GetRouteValue(InferEndpoint.PathName));
        var info = await store.FindAsync(reference, cancellationToken).ConfigureAwait(false) ?? throw new ModelNotFoundException(reference.ToString());
        var manifest = await store.InspectAsync(reference, cancellationToken).ConfigureAwait(false);
        await RestHandler.WriteJsonAsync(context, json => ManagementJson.Write(json, info, manifest), cancellationToken).ConfigureAwait(false);
    }

    public async Task RemoveAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var reference = TagOf((string?)context.GetRouteValue(InferEndpoint.PathName));
        if (!await store.RemoveAsync(reference, cancellationToken).ConfigureAwait(false))
        {
            throw new ModelNotFoundException(reference.ToString());
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    public Task ChangeAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var path = ModelPath.Parse((string?)context.GetRouteValue(InferEndpoint.PathName), Pull, Import, Pin, Unpin);
        return path.Verb switch
        {
            Pull => PullAsync(context, ReferenceOf(path.Name), cancellationToken),
            Import => ImportAsync(context, TagOf(path.Name), cancellationToken),
            Pin => PinAsync(context, TagOf(path.Name), isPinned: true, cancellationToken),
            Unpin => PinAsync(context, TagOf(path.Name), isPinned: false, cancellationToken),
            _ => throw ProtocolException.NotFound("There is nothing here to post to; write …/pull, …/import, …/pin or …/unpin."),
        };
    }

    /// <exception cref="ProtocolException">It is no reference, or one by digest.</exception>
    public static ModelReference TagOf(string? path) => ReferenceOf(path) is { Tag: not null } reference
        ? reference
        : throw ProtocolException.Malformed("Name the model by its tag here, as name:tag.");

    private static ModelReference ReferenceOf(string? path) => ModelReference.Parse((path ?? string.Empty).Replace("%2F", "/", StringComparison.OrdinalIgnoreCase));

    private async Task PullAsync(HttpContext context, ModelReference reference, CancellationToken cancellationToken)
    {
        using var body = await SmallBody.ReadAsync(context, limits, cancellationToken).ConfigureAwait(false);
        var from = SmallBody.FindString(body, "from");
        PullResult result;
        try
        {
            result = await store.PullAsync(reference, from, progress: null, cancellationToken).ConfigureAwait(false);
        }
        catch (ArgumentException exception)
        {
            throw ProtocolException.Malformed(exception.Message);
        }

        await RestHandler.WriteJsonAsync(context, json => ManagementJson.Write(json, result), cancellationToken).ConfigureAwait(false);
    }

    private async Task ImportAsync(HttpContext context, ModelReference reference, CancellationToken cancellationToken)
    {
        using var body = await SmallBody.ReadAsync(context, limits, cancellationToken).ConfigureAwait(false);
        var source = SmallBody.FindString(body, "source") ?? throw ProtocolException.Malformed("The request has no 'source'; give an address, such as hf:org/repo/model.onnx. Files are uploaded.");

        // A caller names places on the network, not files of the server.
        if (!source.StartsWith("https:", StringComparison.OrdinalIgnoreCase) && !source.StartsWith("hf:", StringComparison.OrdinalIgnoreCase))
        {
            throw ProtocolException.Malformed("The source is neither https:… nor hf:…; upload other files.");
        }

        var result = await store.ImportAsync(reference, ModelSource.Parse(source), progress: null, cancellationToken).ConfigureAwait(false);
        await RestHandler.WriteJsonAsync(context, json => ManagementJson.Write(json, result), cancellationToken).ConfigureAwait(false);
    }

    private async Task PinAsync(HttpContext context, ModelReference reference, bool isPinned, CancellationToken cancellationToken)
    {
        _ = isPinned ? await store.PinAsync(reference, cancellationToken).ConfigureAwait(false) : await store.UnpinAsync(reference, cancellationToken).ConfigureAwait(false);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
