using System.Net;
using System.Text;
using System.Text.Json;
using EdgeAI.Remote.Protocol;

namespace EdgeAI.Remote.Transports.Rest;

/// <summary>What a status means.</summary>
internal static class RestFailures
{
    private const int MaxMessage = 2000;

    public static async Task<RemoteCallException> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var kind = answer.StatusCode switch
        {
            HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable => RemoteFailure.Busy,
            HttpStatusCode.NotFound => RemoteFailure.Missing,
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => RemoteFailure.Denied,
            HttpStatusCode.GatewayTimeout => RemoteFailure.Late,

            // A proxy in front whose server is gone.
            HttpStatusCode.BadGateway => RemoteFailure.Broken,
            >= HttpStatusCode.InternalServerError => RemoteFailure.Failed,
            >= HttpStatusCode.BadRequest => RemoteFailure.Refused,
            _ => RemoteFailure.Garbled,
        };
        var text = await ReadMessageAsync(answer, cancellationToken).ConfigureAwait(false);
        return new RemoteCallException(kind, $"{(int)answer.StatusCode}{(text.Length == 0 ? string.Empty : ": ")}{text}") { RetryAfter = RetryAfterOf(answer) };
    }

    private static TimeSpan? RetryAfterOf(HttpResponseMessage answer) =>
        answer.Headers.RetryAfter is not { } header ? null
        : header.Delta ?? (header.Date is { } date && answer.Headers.Date is { } now ? date - now : null);

    // For people; whatever it is, it is no reason to fail otherwise.
    private static async Task<string> ReadMessageAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        byte[] bytes;
        try
        {
            bytes = await BoundedBody.ReadAsync(answer.Content, 64 << 10, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is RemoteCallException or IOException or HttpRequestException)
        {
            return string.Empty;
        }

        try
        {
            using var json = JsonDocument.Parse(bytes);
            if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.String)
            {
                return Shorten(error.GetString()!);
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Plain text, then.
        }

        return Shorten(Encoding.UTF8.GetString(bytes));
    }

    private static string Shorten(string text) => text.Length <= MaxMessage ? text : text[..MaxMessage];
}
