using System.Text.Json;
using EdgeAI.AspNetCore.Configuration;
using EdgeAI.AspNetCore.Protocol;
using EdgeAI.AspNetCore.Serving;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace EdgeAI.AspNetCore.Rest;

/// <summary>POST /v2/repository/index and /v2/repository/models/{name}/load or /unload.</summary>
internal sealed class RepositoryEndpoints(ServedModels models, ModelRepository repository, ServingLimits limits)
{
    private const string Load = "load";
    private const string Unload = "unload";

    public async Task GetIndexAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var isReadyOnly = await ReadIsReadyAsync(context, cancellationToken).ConfigureAwait(false);
        var entries = await repository.ListAsync(isReadyOnly, cancellationToken).ConfigureAwait(false);
        await RestHandler.WriteJsonAsync(
            context,
            json =>
            {
                json.WriteStartArray();
                foreach (var entry in entries)
                {
                    json.WriteStartObject();
                    json.WriteString("name"u8, entry.Name);
                    json.WriteString("version"u8, entry.Version);
                    json.WriteString("state"u8, entry.State);
                    json.WriteString("reason"u8, entry.Reason);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            },
            cancellationToken).ConfigureAwait(false);
    }

    public async Task ChangeAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var path = ModelPath.Parse((string?)context.GetRouteValue(InferEndpoint.PathName), Load, Unload);
        switch (path.Verb)
        {
            case Load:
                await models.LoadAsync(path.Name, path.Version, cancellationToken).ConfigureAwait(false);
                break;
            case Unload:
                await models.UnloadAsync(path.Name, path.Version, cancellationToken).ConfigureAwait(false);
                break;
            default:
                throw ProtocolException.NotFound("There is nothing here to post to; write …/load or …/unload.");
        }

        await RestHandler.WriteJsonAsync(
            context,
            static json =>
            {
                json.WriteStartObject();
                json.WriteEndObject();
            },
            cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<bool> ReadIsReadyAsync(HttpContext context, CancellationToken cancellationToken)
    {
        using var body = await SmallBody.ReadAsync(context, limits, cancellationToken).ConfigureAwait(false);
        return body is not null
            && body.RootElement.ValueKind == JsonValueKind.Object
            && body.RootElement.TryGetProperty("ready"u8, out var ready)
            && (ready.ValueKind is JsonValueKind.True or JsonValueKind.False ? ready.GetBoolean() : throw ProtocolException.Malformed("'ready' is neither true nor false."));
    }
}
