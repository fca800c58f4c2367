using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using EdgeAI.Remote.Configuration;
using EdgeAI.Remote.Discovery;
using EdgeAI.Remote.Protocol;

namespace EdgeAI.Remote.Transports.Rest;

/// <summary>The protocol over REST.</summary>
internal sealed class RestTransport : IInferenceTransport
{
    public const string HeaderLength = "Inference-Header-Content-Length";

    private readonly HttpClient _client;
    private readonly RemoteClusterOptions _options;
    private readonly string _base;
    private bool? _isBinary;

    public RestTransport(EndpointAddress address, Connections connections, RemoteClusterOptions options)
    {
        _options = options;
        _isBinary = options.Tensors switch
        {
            RemoteTensorForm.Binary => true,
            RemoteTensorForm.Json => false,
            _ => null,
        };
        _base = address.Uri.GetLeftPart(UriPartial.Path).TrimEnd('/');
        _client = new HttpClient(connections.CreateHandler(address), disposeHandler: true)
        {
            // Each call has a token that ends it.
            Timeout = Timeout.InfiniteTimeSpan,
        };
        if (connections.KeyHeader is var (name, value))
        {
            _client.DefaultRequestHeaders.Add(name, value);
        }
    }

    public async ValueTask<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await SendAsync(HttpMethod.Get, "/v2/health/ready", null, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (RemoteCallException exception) when (exception.Kind is RemoteFailure.Busy or RemoteFailure.Refused)
        {
            return false;
        }
    }

    public async ValueTask<RemoteDescription> DescribeAsync(RemoteModelName model, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Get, PathOf(model), null, cancellationToken).ConfigureAwait(false);
        return RestMessages.ReadDescription(await ReadAsync(answer, cancellationToken).ConfigureAwait(false));
    }

    public async ValueTask LoadAsync(RemoteModelName model, CancellationToken cancellationToken)
    {
        using var body = new ByteArrayContent("{}"u8.ToArray());
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var answer = await SendAsync(HttpMethod.Post, $"/v2/repository/models/{Escape(model.Name)}/load", body, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<InferReply> InferAsync(InferRequest request, TimeSpan? left, CancellationToken cancellationToken)
    {
        var isBinary = _isBinary ??= await FindBinaryAsync(cancellationToken).ConfigureAwait(false);
        using var body = new InferContent(request, left, isBinary);
        using var answer = await SendAsync(HttpMethod.Post, PathOf(request.Model) + "/infer", body, cancellationToken).ConfigureAwait(false);
        var bytes = await ReadAsync(answer, cancellationToken).ConfigureAwait(false);
        return RestMessages.ReadReply(bytes, HeaderLengthOf(answer, bytes.Length));
    }

    public void Dispose() => _client.Dispose();

    private static string PathOf(RemoteModelName model) =>
        model.Version.Length == 0 ? $"/v2/models/{Escape(model.Name)}" : $"/v2/models/{Escape(model.Name)}/versions/{Uri.EscapeDataString(model.Version)}";

    private static string Escape(string name) => string.Join('/', name.Split('/').Select(Uri.EscapeDataString));

    private static int? HeaderLengthOf(HttpResponseMessage answer, int length)
    {
        if (!answer.Headers.TryGetValues(HeaderLength, out var values) && !answer.Content.Headers.TryGetValues(HeaderLength, out values))
        {
            return null;
        }

        return int.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var header) && header <= length
            ? header
            : throw RemoteCallException.Garbled($"{HeaderLength} is not a length within the {length} bytes of the answer.");
    }

    private async Task<bool> FindBinaryAsync(CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Get, "/v2", null, cancellationToken).ConfigureAwait(false);
        return RestMessages.ReadExtensions(await ReadAsync(answer, cancellationToken).ConfigureAwait(false)).Contains("binary_tensor_data");
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, _base + path) { Content = body };
        HttpResponseMessage? answer = null;
        try
        {
            answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            if (answer.StatusCode != HttpStatusCode.OK)
            {
                throw await RestFailures.ReadAsync(answer, cancellationToken).ConfigureAwait(false);
            }

            return answer;
        }
        catch (Exception exception)
        {
            answer?.Dispose();
            throw Translate(exception, cancellationToken);
        }
    }

    private async Task<byte[]> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        try
        {
            return await BoundedBody.ReadAsync(answer.Content, _options.MaxResponseBytes, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not RemoteCallException)
        {
            throw Translate(exception, cancellationToken);
        }
    }

    private static RemoteCallException Translate(Exception exception, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return exception switch
        {
            RemoteCallException known => known,

            // Only connecting has a time of its own here.
            OperationCanceledException => new RemoteCallException(RemoteFailure.Unreachable, "no connection in time", exception),
            _ => new RemoteCallException(ConnectionFailures.Find(exception) ?? RemoteFailure.Garbled, ConnectionFailures.Describe(exception), exception),
        };
    }
}
