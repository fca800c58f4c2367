using System.Net;
using Amazon.S3;
using Amazon.S3.Model;
using EdgeAI.Sources;
using Microsoft.Extensions.Logging;

namespace EdgeAI.Storage.S3.Sources;

/// <summary>Reads and lists objects for imports, and says in their words what went wrong. Thread-safe.</summary>
internal sealed class S3SourceClient : IDisposable
{
    private const int ListingRetries = 4;
    private const int MaxFolder = 10_000;

    private readonly S3Requests _downloads;
    private readonly S3Requests _listings;

    /// <param name="name">What to call it in log messages.</param>
    /// <param name="endpoints">The gateways.</param>
    /// <param name="timeout">How long a request may take until its answer begins.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told of failures that are tried again.</param>
    public S3SourceClient(string name, S3Endpoint[] endpoints, TimeSpan timeout, TimeProvider time, ILogger logger)
    {
        // A download has retries of its own, with longer waits; here each gateway is asked once.
        _downloads = new S3Requests(name, endpoints, new S3ClusterOptions { RequestTimeout = timeout, MaxRetries = endpoints.Length - 1 }, time, logger);
        _listings = new S3Requests(name, endpoints, new S3ClusterOptions { RequestTimeout = timeout, MaxRetries = ListingRetries }, time, logger);
    }

    /// <summary>Begins to read an object.</summary>
    /// <param name="place">The bucket.</param>
    /// <param name="key">The object.</param>
    /// <param name="offset">Where to begin.</param>
    /// <param name="tag">What its content must be called still; null for any.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>The answer, whose stream is to be read; null when the content is another one, or ends before.</returns>
    /// <exception cref="IOException">No gateway answered.</exception>
    public async Task<GetObjectResponse?> TryReadAsync(S3Address place, string key, long offset, string? tag, CancellationToken cancellationToken)
    {
        var display = place.Naming(key);
        var request = new GetObjectRequest { BucketName = place.Bucket, Key = key, EtagToMatch = tag, ByteRange = offset > 0 ? new ByteRange(offset, long.MaxValue) : null };
        try
        {
            return await _downloads.SendAsync($"read '{display}'", (client, token) => client.GetObjectAsync(request, token), cancellationToken).ConfigureAwait(false);
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode is HttpStatusCode.PreconditionFailed or HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            return null;
        }
        catch (AmazonS3Exception exception)
        {
            throw Explain(display, place, exception);
        }
        catch (S3ClusterException exception)
        {
            // Its message has no secret; what is behind it may have a signed address.
            throw new IOException(exception.Message);
        }
    }

    /// <summary>The files of a folder and below it, in the order of their keys.</summary>
    /// <exception cref="ModelSourceException">They can't be listed, or are too many.</exception>
    public async Task<IReadOnlyList<S3ListedFile>> ListAsync(S3Address place, string display, CancellationToken cancellationToken)
    {
        var files = new List<S3ListedFile>();
        string? next = null;
        do
        {
            var request = new ListObjectsV2Request { BucketName = place.Bucket, Prefix = place.Key, ContinuationToken = next };
            var page = await ListAsync(request, place, display, cancellationToken).ConfigureAwait(false);

            // Keys that end with '/' are what consoles show empty folders by.
            files.AddRange((page.S3Objects ?? []).Where(found => !found.Key.EndsWith('/')).Select(found => new S3ListedFile(found.Key, found.ETag, found.Size ?? 0)));
            if (files.Count > MaxFolder)
            {
                throw new ModelSourceException(display, $"'{display}' has more than {MaxFolder} files. Name the model's own folder, or its file.");
            }

            next = page.IsTruncated == true ? page.NextContinuationToken : null;
        }
        while (next is not null);
        return files;
    }

    public void Dispose() => _downloads.Dispose();

    private async Task<ListObjectsV2Response> ListAsync(ListObjectsV2Request request, S3Address place, string display, CancellationToken cancellationToken)
    {
        try
        {
            return await _listings.SendAsync($"list '{display}'", (client, token) => client.ListObjectsV2Async(request, token), cancellationToken).ConfigureAwait(false);
        }
        catch (AmazonS3Exception exception)
        {
            throw Explain(display, place, exception);
        }
        catch (S3ClusterException exception)
        {
            throw new ModelSourceUnavailableException(display, exception.Message);
        }
    }

    // The cluster's answer is named by its code alone: its text may hold what was signed.
    private static ModelSourceException Explain(string display, S3Address place, AmazonS3Exception answer)
    {
        var said = $"the cluster answered {(int)answer.StatusCode} ({answer.ErrorCode})";
        return (answer.StatusCode, answer.ErrorCode) switch
        {
            (_, "NoSuchBucket") => new ModelSourceNotFoundException(display, $"{said}. There is no bucket '{place.Bucket}' there; check its name and the endpoint."),
            (HttpStatusCode.NotFound, _) => new ModelSourceNotFoundException(display, $"{said}. Check the key."),
            (_, "InvalidObjectState") => new ModelSourceUnavailableException(display, $"{said}: it is in an archive. Have it restored, and try again."),
            (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden, _) => new ModelSourceDeniedException(
                display, $"{said}. Check the keys and their rights on bucket '{place.Bucket}' (s3:GetObject, and s3:ListBucket for folders); where one may not list, what is missing is answered so too."),
            (HttpStatusCode.MovedPermanently or HttpStatusCode.TemporaryRedirect, _) or (_, "AuthorizationHeaderMalformed") => new ModelSourceException(
                display, $"'{display}' can't be fetched: {said}. The bucket is in another region; set Region or AWS_REGION to it."),
            _ => new ModelSourceException(display, $"'{display}' can't be fetched: {said}. Check the address and the endpoint."),
        };
    }
}
