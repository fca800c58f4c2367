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

    /// <summary>A text in the body; null when it has none of that name.</summary>
    /// <exception cref="ProtocolException">It is something else, or the body is no object.</exception>
    public static string? FindString(JsonDocument? body, string name) => Find(body, name) switch
    {
        null or { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        _ => throw ProtocolException.Malformed($"'{name}' is no string."),
    };

    /// <summary>A whole number in the body; null when it has none of that name.</summary>
    /// <exception cref="ProtocolException">It is something else, or the body is no object.</exception>
    public static long? FindInteger(JsonDocument? body, string name) => Find(body, name) switch
    {
        null or { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.Number } value when value.TryGetInt64(out var number) => number,
        _ => throw ProtocolException.Malformed($"'{name}' is no whole number."),
    };

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

    private static JsonElement? Find(JsonDocument? body, string name)
    {
        if (body is not null && body.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw ProtocolException.Malformed("The request is no JSON object.");
        }

        return body is not null && body.RootElement.TryGetProperty(name, out var value) ? value : null;
    }
}
