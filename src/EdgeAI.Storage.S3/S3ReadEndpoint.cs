using System.Net;
using System.Net.Http.Headers;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Extensions.Logging;

namespace EdgeAI.Storage.S3;

/// <summary>The address in front of a bucket at which what never changes is read. Whatever goes wrong there, the gateways answer. Thread-safe.</summary>
internal sealed partial class S3ReadEndpoint(string cluster, S3ClusterOptions options, S3Endpoint signer, TimeProvider time, ILogger logger) : IDisposable
{
    private static readonly TimeSpan SignedFor = TimeSpan.FromMinutes(15);

    // Packs and manifests are named by their content: whatever remembers one of them has the right one. A plan may give way to another, and who reads an old one notices. Names and signatures are swapped.
    private static readonly string[] Served = ["packs/", "manifests/", "plans/"];

    private readonly string _address = options.ReadEndpoint!.AbsoluteUri.TrimEnd('/');
    private readonly S3EndpointHealth _health = new(time);
    private readonly HttpClient _client = MakeClient(options);

    public static bool Serves(string key) => Array.Exists(Served, prefix => key.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>Reads a range here, or from the gateways.</summary>
    /// <param name="key">The object, for messages.</param>
    /// <param name="path">Its key in the bucket.</param>
    /// <param name="offset">Where the range begins.</param>
    /// <param name="destination">Takes it.</param>
    /// <param name="askGateways">Reads the same range from the gateways into the same place.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async Task<int> ReadAsync(string key, string path, long offset, Memory<byte> destination, Func<Task<int>> askGateways, CancellationToken cancellationToken)
    {
        if (!_health.TryTake())
        {
            return await askGateways().ConfigureAwait(false);
        }

        string failure;
        bool mayBeAbsent;
        try
        {
            var read = await FetchAsync(path, offset, destination, cancellationToken).ConfigureAwait(false);
            _health.NoteSuccess();
            return read;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested && exception is HttpRequestException or IOException or OperationCanceledException or AmazonServiceException or AmazonClientException)
        {
            failure = Describe(exception);

            // Edges and open buckets say in many ways that there is nothing: not there, forbidden, no such range, another one. The gateways know.
            mayBeAbsent = exception is HttpRequestException { StatusCode: < HttpStatusCode.InternalServerError };
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }

        if (!mayBeAbsent)
        {
            NoteFailure(key, failure);
            return await askGateways().ConfigureAwait(false);
        }

        var found = await askGateways().ConfigureAwait(false);
        if (found > 0)
        {
            NoteFailure(key, failure);
        }
        else
        {
            _health.NoteSuccess();
        }

        return found;
    }

    public void Dispose() => _client.Dispose();

    private async Task<int> FetchAsync(string path, long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        using var silence = new CancellationTokenSource(options.ReadEndpointTimeout, time);
        using var limit = new CancellationTokenSource(options.RequestTimeout, time);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, limit.Token, cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, await AddressOfAsync(path).ConfigureAwait(false));
        request.Headers.Range = new RangeHeaderValue(offset, offset + destination.Length - 1);
        using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, any.Token).ConfigureAwait(false);
        var length = LengthOf(response, offset, destination.Length);
        var body = await response.Content.ReadAsStreamAsync(any.Token).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            for (var read = 0; read < length;)
            {
                silence.CancelAfter(options.ReadEndpointTimeout);
                var count = await body.ReadAsync(destination[read..length], any.Token).ConfigureAwait(false);
                read += count > 0 ? count : throw new IOException("The answer ended early.");
            }
        }

        return length;
    }

    // An answer whose place or length is not what was asked for has other bytes than those.
    private static int LengthOf(HttpResponseMessage response, long offset, int asked)
    {
        var content = response.Content.Headers;
        var length = response.StatusCode switch
        {
            HttpStatusCode.PartialContent when content.ContentRange is { From: { } from, To: { } to, Length: { } total } && from == offset && to == Math.Min(offset + asked, total) - 1 => to - from + 1,
            HttpStatusCode.OK when offset == 0 => content.ContentLength,

            // The object ends before.
            HttpStatusCode.RequestedRangeNotSatisfiable when content.ContentRange is { HasRange: false, Length: { } total } && total <= offset => 0,
            _ => null,
        };
        return length is { } known && known <= asked && (known == 0 || (content.ContentLength ?? known) == known) && content.ContentEncoding.All(IsPlain)
            ? (int)known
            : throw new HttpRequestException(null, null, response.StatusCode);
    }

    // Some clusters keep what only said how the object was sent to them, and give the plain bytes.
    private static bool IsPlain(string encoding) => encoding is "aws-chunked" or "identity";

    private async ValueTask<Uri> AddressOfAsync(string path)
    {
        var address = $"{_address}/{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}";
        if (!options.PresignReads)
        {
            return new Uri(address);
        }

        var signed = await signer.Client.GetPreSignedURLAsync(new GetPreSignedUrlRequest
        {
            BucketName = options.Bucket,
            Key = path,
            Verb = HttpVerb.GET,

            Expires = signer.Client.UtcNow + SignedFor,
        }).ConfigureAwait(false);
        return new Uri(address + new Uri(signed).Query);
    }

    private void NoteFailure(string key, string reason)
    {
        _health.NoteFailure();
        LogFailed(logger, cluster, _address, key, reason);
    }

    // Messages of the layers below may hold a signed address, and are left out.
    private static string Describe(Exception exception) => exception switch
    {
        HttpRequestException { StatusCode: { } status } => $"it answered {(int)status}, or not what was asked for",
        HttpRequestException { HttpRequestError: var error } when error != HttpRequestError.Unknown => error.ToString(),
        OperationCanceledException => "it took too long",
        _ => exception.GetType().Name,
    };

    private static HttpClient MakeClient(S3ClusterOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = options.ReadEndpointTimeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            UseCookies = false,
        };
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    [LoggerMessage(2, LogLevel.Warning, "The cluster {Cluster} failed at its read endpoint {Endpoint} to read '{Key}': {Reason}. The gateways are asked.")]
    private static partial void LogFailed(ILogger logger, string cluster, string endpoint, string key, string reason);
}
