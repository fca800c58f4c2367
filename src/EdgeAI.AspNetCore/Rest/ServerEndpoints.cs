using EdgeAI.AspNetCore.Configuration;
using EdgeAI.AspNetCore.Protocol;
using Microsoft.AspNetCore.Http;

namespace EdgeAI.AspNetCore.Rest;

/// <summary>GET /v2 and /v2/health/….</summary>
internal sealed class ServerEndpoints(ServingOptions options, ServerHealth health)
{
    public Task GetMetadataAsync(HttpContext context, CancellationToken cancellationToken) => RestHandler.WriteJsonAsync(
        context,
        json =>
        {
            json.WriteStartObject();
            json.WriteString("name"u8, options.ServerName);
            json.WriteString("version"u8, ServerIdentity.Version);
            json.WriteStartArray("extensions"u8);
            foreach (var extension in ServerIdentity.Extensions)
            {
                json.WriteStringValue(extension);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        },
        cancellationToken);

    public static Task GetLiveAsync(HttpContext context, CancellationToken cancellationToken) => WriteAsync(context, "live", true, cancellationToken);

    public Task GetReadyAsync(HttpContext context, CancellationToken cancellationToken) => WriteAsync(context, "ready", health.IsReady, cancellationToken);

    private static Task WriteAsync(HttpContext context, string name, bool isSo, CancellationToken cancellationToken)
    {
        context.Response.StatusCode = isSo ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return RestHandler.WriteJsonAsync(
            context,
            json =>
            {
                json.WriteStartObject();
                json.WriteBoolean(name, isSo);
                json.WriteEndObject();
            },
            cancellationToken);
    }
}
