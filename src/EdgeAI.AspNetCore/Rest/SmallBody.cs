using System.Text.Json;
using EdgeAI.AspNetCore.Configuration;
using EdgeAI.AspNetCore.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace EdgeAI.AspNetCore.Rest;

/// <summary>JSON bodies of requests that say little.</summary>
internal static class SmallBody
{
    private const int MaxBytes = 64 * 1024;

    /// <summary>The body; null when there is none.</summary>
    /// <exception cref="ProtocolException">It is no JSON.</exception>
    public static async ValueTask<JsonDocument?> ReadAsync(HttpContext context, ServingLimits limits, CancellationToken cancellationToken)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
        {
            feature.MaxRequestBodySize = MaxBytes;
        }

        if (context.Request.ContentLength == 0 || context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == false)
        {
            return null;
        }

        try
        {
            return await JsonDocument.ParseAsync(context.Request.Body, new JsonDocumentOptions { MaxDepth = limits.MaxJsonDepth }, cancellationToken).ConfigureAwait(false);
        }
        catch (JsonException exception)
        {
            throw ProtocolException.Malformed($"The request is no valid JSON: {exception.Message}");
        }
    }
}
