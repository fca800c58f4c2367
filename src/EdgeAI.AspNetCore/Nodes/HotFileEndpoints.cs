using EdgeAI.AspNetCore.Protocol;
using EdgeAI.AspNetCore.Rest;
using EdgeAI.Models;
using EdgeAI.Storage;
using EdgeAI.Storage.Materializing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace EdgeAI.AspNetCore.Nodes;

/// <summary>/edgeai/v1/store/hot: what the store has laid out, to read by ranges. A file is leased while it is sent.</summary>
internal sealed class HotFileEndpoints(ModelStore store)
{
    public const string DigestName = "digest";
    public const string FileName = "file";

    public async Task ListAsync(HttpContext context, CancellationToken cancellationToken)
    {
        using var model = await FindAsync(context, cancellationToken).ConfigureAwait(false);
        await RestHandler.WriteJsonAsync(
            context,
            json =>
            {
                json.WriteStartObject();
                json.WriteString("model"u8, model.Digest.ToString());
                json.WriteStartArray("files"u8);
                foreach (var file in model.Files)
                {
                    json.WriteStartObject();
                    json.WriteString("path"u8, file.Path);
                    json.WriteNumber("length"u8, file.Length);
                    json.WriteString("etag"u8, TagOf(file));
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
            },
            cancellationToken).ConfigureAwait(false);
    }

    public async Task ReadAsync(HttpContext context, CancellationToken cancellationToken)
    {
        using var model = await FindAsync(context, cancellationToken).ConfigureAwait(false);
        var path = (string?)context.GetRouteValue(FileName);

        // Only what is listed has a path: nothing from outside becomes one.
        var file = model.Files.FirstOrDefault(file => file.Path == path) ?? throw ProtocolException.NotFound("The model has no such hot file; its list says which it has.");
        await TypedResults.PhysicalFile(file.Location, "application/octet-stream", null, null, new EntityTagHeaderValue(TagOf(file)), enableRangeProcessing: true)
            .ExecuteAsync(context).ConfigureAwait(false);
    }

    private static string TagOf(LaidOutFile file) => $"\"{file.Tag}\"";

    private async ValueTask<LaidOutModel> FindAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var text = (string?)context.GetRouteValue(DigestName) ?? string.Empty;
        if (!Digest.TryParse(text.StartsWith("sha256:", StringComparison.Ordinal) ? text : "sha256:" + text, null, out var digest))
        {
            throw ProtocolException.Malformed("The path has no digest of a manifest: 64 hexadecimal digits.");
        }

        return await store.FindHotAsync(digest, cancellationToken).ConfigureAwait(false) ?? throw ProtocolException.NotFound($"The model {digest} is not laid out here.");
    }
}
