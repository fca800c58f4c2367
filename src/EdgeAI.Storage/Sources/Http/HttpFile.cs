using System.Net;
using System.Net.Http.Headers;
using EdgeAI.Sources;
using EdgeAI.Transfers;

namespace EdgeAI.Storage.Sources.Http;

/// <summary>A file on a web server.</summary>
/// <param name="path">Its path within its source.</param>
/// <param name="requests">Asks for it.</param>
/// <param name="call">What to ask for.</param>
internal sealed class HttpFile(string path, HttpRequests requests, HttpCall call) : RemoteFile(path, call.DisplayName)
{
    // What no place in a file is: an answer with a part that nobody asked for.
    private const long Elsewhere = -1;

    public override async ValueTask<RemoteContent> OpenAsync(long offset, string? validator, TransferPriority priority, CancellationToken cancellationToken = default)
    {
        var asked = offset == 0 ? call : call with
        {
            Range = new RangeHeaderValue(offset, null),
            IfRange = validator is null ? null : new RangeConditionHeaderValue(new EntityTagHeaderValue(validator)),
        };
        var reply = await requests.SendAsync(asked, priority, cancellationToken).ConfigureAwait(false);
        try
        {
            RequirePlain(reply.Response.Content.Headers);
            var stream = await reply.Response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            var range = reply.Response.Content.Headers.ContentRange;
            var isWhole = reply.Response.StatusCode == HttpStatusCode.OK;
            return new RemoteContent(stream, reply)
            {
                Offset = isWhole ? 0 : reply.Response.StatusCode == HttpStatusCode.PartialContent ? range?.From ?? Elsewhere : Elsewhere,
                Length = isWhole ? reply.Response.Content.Headers.ContentLength : range?.Length,
                Validator = ValidatorOf(reply.Response),
                Digest = reply.LinkedDigest,
            };
        }
        catch
        {
            reply.Dispose();
            throw;
        }
    }

    private void RequirePlain(HttpContentHeaders headers)
    {
        if (headers.ContentEncoding.Any(encoding => encoding != "identity"))
        {
            throw new ModelSourceException(DisplayName, $"'{DisplayName}' is sent compressed ({string.Join(", ", headers.ContentEncoding)}) though that was not asked for. Let the server send the file as it is.");
        }
    }

    // What may be compared byte for byte: a strong ETag. Dates have seconds, in which a file can change twice.
    private static string? ValidatorOf(HttpResponseMessage response) => response.Headers.ETag is { IsWeak: false } tag ? tag.Tag : null;
}
