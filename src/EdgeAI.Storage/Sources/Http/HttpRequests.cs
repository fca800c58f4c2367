using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using EdgeAI.Configuration;
using EdgeAI.Models;
using EdgeAI.Sources;
using EdgeAI.Transfers;

namespace EdgeAI.Storage.Sources.Http;

/// <summary>
/// Asks servers, follows them by hand, so that nothing secret goes to another host and what each said is seen, and tells failures that may pass from those that stay. Thread-safe.
/// </summary>
internal sealed class HttpRequests(SourceOptions options, TimeProvider time)
{
    private const int MaxRedirects = 10;
    private const string LinkedEtag = "X-Linked-Etag";

    // Connections are the process's, as .NET advises.
    private static readonly HttpClient Client = Create(null);
    private static readonly HttpClient Background = Create(ITransferScheduler.BackgroundWindow);

    /// <summary>Asks once.</summary>
    /// <returns>The answer, of status 200, 206 or 416, whose body has not been read.</returns>
    /// <exception cref="TransientDownloadException">Another try may help.</exception>
    /// <exception cref="ModelSourceException">No other try would.</exception>
    public async ValueTask<HttpReply> SendAsync(HttpCall call, TransferPriority priority, CancellationToken cancellationToken)
    {
        var client = priority == TransferPriority.Background ? Background : Client;
        Digest? linked = null;
        var uri = call.Uri;
        for (var hop = 0; hop <= MaxRedirects; hop++)
        {
            var response = await SendAsync(client, call, uri, cancellationToken).ConfigureAwait(false);
            linked ??= ReadLinkedDigest(response);
            if (FindRedirect(response) is not { } location)
            {
                return Accept(call, new HttpReply(response, linked));
            }

            response.Dispose();
            uri = Follow(call, uri, location);
        }

        throw new ModelSourceException(call.DisplayName, $"'{call.DisplayName}' redirects more than {MaxRedirects} times. Give the address that it leads to.");
    }

    private async ValueTask<HttpResponseMessage> SendAsync(HttpClient client, HttpCall call, Uri uri, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, uri);
        request.Headers.Range = call.Range;
        request.Headers.IfRange = call.IfRange;
        request.Headers.Authorization = IsSameOrigin(uri, call.Uri) ? call.Authorization : null;
        using var timeout = new CancellationTokenSource(options.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
        }
        catch (HttpRequestException exception)
        {
            throw new TransientDownloadException($"the server could not be asked: {exception.Message}", null, exception);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TransientDownloadException($"the server did not answer in {options.Timeout}");
        }
    }

    private HttpReply Accept(HttpCall call, HttpReply reply)
    {
        var response = reply.Response;
        if (response.StatusCode is HttpStatusCode.OK or HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            return reply;
        }

        using (reply)
        {
            throw IsTransient(response.StatusCode)
                ? new TransientDownloadException($"the server answered {(int)response.StatusCode} ({response.StatusCode})", ReadRetryAfter(response))
                : call.Explain?.Invoke(response) ?? Explain(call, response);
        }
    }

    private static bool IsTransient(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or (HttpStatusCode)425
        || ((int)status >= 500 && status is not (HttpStatusCode.NotImplemented or HttpStatusCode.HttpVersionNotSupported));

    private static ModelSourceException Explain(HttpCall call, HttpResponseMessage response) => response.StatusCode switch
    {
        HttpStatusCode.Unauthorized or HttpStatusCode.ProxyAuthenticationRequired => new ModelSourceDeniedException(
            call.DisplayName,
            $"the server answered {(int)response.StatusCode} ({response.StatusCode}). Give an address with access in it ('https://name:password@host/…', or a signed one)."),
        HttpStatusCode.Forbidden => new ModelSourceDeniedException(
            call.DisplayName,
            "the server answered 403 (Forbidden). Check that the file is open to whom the address names, and that a signed address has not run out."),
        HttpStatusCode.NotFound or HttpStatusCode.Gone => new ModelSourceNotFoundException(call.DisplayName, $"the server answered {(int)response.StatusCode} ({response.StatusCode}). Check the address."),
        _ => new ModelSourceException(call.DisplayName, $"'{call.DisplayName}' can't be fetched: the server answered {(int)response.StatusCode} ({response.StatusCode}). Check the address."),
    };

    private TimeSpan? ReadRetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date - time.GetUtcNow() is var wait => wait > TimeSpan.Zero ? wait : TimeSpan.Zero,
        _ => null,
    };

    private static Uri? FindRedirect(HttpResponseMessage response) =>
        response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect
            ? response.Headers.Location
            : null;

    private static Uri Follow(HttpCall call, Uri from, Uri location)
    {
        var next = new Uri(from, location);
        if (next.Scheme != Uri.UriSchemeHttps && (next.Scheme != Uri.UriSchemeHttp || from.Scheme == Uri.UriSchemeHttps))
        {
            throw new ModelSourceException(call.DisplayName, $"'{call.DisplayName}' redirects to the scheme '{next.Scheme}', which is not followed from '{from.Scheme}'. Give the address that it leads to, if you trust it.");
        }

        return next;
    }

    private static bool IsSameOrigin(Uri left, Uri right) =>
        Uri.Compare(left, right, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0;

    private static Digest? ReadLinkedDigest(HttpResponseMessage response) =>
        response.Headers.TryGetValues(LinkedEtag, out var values) && Digest.TryParse("sha256:" + values.First().Trim('"').ToLowerInvariant(), null, out var digest) ? digest : null;

    private static HttpClient Create(int? receiveBuffer)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = TimeSpan.FromSeconds(15),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            UseCookies = false,

            // A body of which little is left is not read to its end for the sake of the connection.
            MaxResponseDrainSize = 0,
        };
        if (receiveBuffer is { } size)
        {
            handler.ConnectCallback = (context, cancellationToken) => ConnectAsync(context.DnsEndPoint, size, cancellationToken);
        }

        var client = new HttpClient(handler) { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("EdgeAI", typeof(HttpRequests).Assembly.GetName().Version?.ToString(3)));
        client.DefaultRequestHeaders.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
        return client;
    }

    // Set before the connection is made: the window is agreed on then.
    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint host, int receiveBuffer, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = receiveBuffer };
        try
        {
            await socket.ConnectAsync(host, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
