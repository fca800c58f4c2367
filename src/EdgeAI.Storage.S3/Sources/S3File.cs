using System.Net;
using System.Net.Http.Headers;
using Amazon.S3.Model;
using EdgeAI.Sources;
using EdgeAI.Transfers;

namespace EdgeAI.Storage.S3.Sources;

/// <summary>An object that is fetched for an import.</summary>
/// <param name="client">Reads it.</param>
/// <param name="place">Its bucket.</param>
/// <param name="key">Its key.</param>
/// <param name="listed">What a listing said that it is, which it must be still; null when no listing was needed.</param>
/// <param name="source">What to call the whole source in messages.</param>
internal sealed class S3File(S3SourceClient client, S3Address place, string key, S3ListedFile? listed, string source) : RemoteFile(key, place.Naming(key))
{
    public override async ValueTask<RemoteContent> OpenAsync(long offset, string? validator, TransferPriority priority, CancellationToken cancellationToken = default)
    {
        // What is here of another content than the listed one is of no use.
        var from = listed is null || listed.Tag == validator ? offset : 0;
        var tag = listed?.Tag ?? (from > 0 ? validator : null);
        var response = await client.TryReadAsync(place, Path, from, tag, cancellationToken).ConfigureAwait(false);
        if (response is null && listed is null && from > 0)
        {
            response = await client.TryReadAsync(place, Path, 0, null, cancellationToken).ConfigureAwait(false);
        }

        return response is null ? throw new ModelSourceChangedException(source, DisplayName) : ContentOf(response);
    }

    private static RemoteContent ContentOf(GetObjectResponse response)
    {
        var isPart = response.HttpStatusCode == HttpStatusCode.PartialContent
            & ContentRangeHeaderValue.TryParse(response.ContentRange, out var range);
        return new RemoteContent(response.ResponseStream, response)
        {
            Offset = isPart ? range!.From ?? -1 : 0,
            Length = isPart ? range!.Length : response.ContentLength,
            Validator = response.ETag,
        };
    }
}
