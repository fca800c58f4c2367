using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using EdgeAI.Models;
using EdgeAI.Storage.Tiers;

namespace EdgeAI.Storage.Nodes;

/// <summary>
/// The objects of another EdgeAI host as a tier: those of its store, to read from, or those that it keeps for others, to read and write. The host maps them with <c>MapEdgeAI</c> and asks for a key with the scope
/// <c>read-store</c>, and <c>write-store</c> to write.
/// </summary>
/// <remarks>Thread-safe. Whoever made it disposes it.</remarks>
public sealed class HttpNodeTier : IStorageTier, IDisposable
{
    private const int MaxSwapBytes = 64 * 1024;
    private const string ExpectedLengthName = "EdgeAI-Expected-Length";
    private const string EndOfList = ".";

    private readonly Uri _address;
    private readonly string? _key;
    private readonly HttpClient _http;
    private readonly bool _ownsHttp;

    /// <summary>Makes a tier.</summary>
    /// <param name="name">Its name, unique within a store.</param>
    /// <param name="address">Where the host has the objects, such as <c>https://host:5001/edgeai/v1/store</c> or <c>https://host:5001/edgeai/v1/shared</c>.</param>
    /// <param name="key">The key to show; null for none.</param>
    /// <param name="http">What to ask by; null for a client of its own. It stays the caller's to dispose.</param>
    /// <exception cref="ArgumentException">The address is not absolute, or neither http nor https.</exception>
    public HttpNodeTier(string name, Uri address, string? key = null, HttpClient? http = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(address);
        if (!address.IsAbsoluteUri || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps))
        {
            throw new ArgumentException($"'{address}' is no absolute http or https address.", nameof(address));
        }

        Name = name;
        _address = new Uri(address.AbsoluteUri.TrimEnd('/') + "/");
        _key = key;
        _ownsHttp = http is null;

        // Who asks gives the time: a pack takes as long as its road does.
        _http = http ?? new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public StorageTierProperties Properties { get; } = new(StorageLatency.Milliseconds, IsDurable: true, IsRemote: true);

    /// <inheritdoc/>
    /// <exception cref="StorageNodeException">The host failed, or does not let this key write.</exception>
    public async ValueTask<bool> PutAsync(string key, Stream content, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        using var request = Request(HttpMethod.Put, ObjectOf(key));
        request.Content = new StreamContent(content);
        request.Headers.ExpectContinue = true;
        using var response = await SendAsync(request, cancellationToken, HttpStatusCode.Created, HttpStatusCode.PreconditionFailed).ConfigureAwait(false);
        return response.StatusCode == HttpStatusCode.Created;
    }

    /// <inheritdoc/>
    /// <exception cref="StorageNodeException">The host failed, or does not let this key read.</exception>
    public async ValueTask<int> ReadAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        if (destination.IsEmpty)
        {
            return await GetLengthAsync(key, cancellationToken).ConfigureAwait(false) is null ? -1 : 0;
        }

        return await ReadRangeAsync(ObjectOf(key), offset, destination, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads from a file that the host's store has laid out for a model, plain. Nothing says that the bytes are right: whoever uses them compares them, as <see cref="ModelStore.MaterializeFromAsync"/> does.</summary>
    /// <param name="model">The digest of the model's manifest.</param>
    /// <param name="file">The file's path, such as <c>weights.bin</c>.</param>
    /// <param name="offset">Where to begin.</param>
    /// <param name="destination">Where the bytes go; not empty.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>How many bytes were read, fewer only at the file's end; -1 when the host has not laid that out.</returns>
    /// <exception cref="StorageNodeException">The host failed, or does not let this key read.</exception>
    public ValueTask<int> ReadHotAsync(Digest model, string file, long offset, Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfZero(destination.Length);
        return ReadRangeAsync(new Uri(_address, $"hot/{model.Hex}/{string.Join('/', file.Split('/').Select(Uri.EscapeDataString))}"), offset, destination, cancellationToken);
    }

    /// <inheritdoc/>
    /// <exception cref="StorageNodeException">The host failed, or does not let this key read.</exception>
    public async ValueTask<long?> GetLengthAsync(string key, CancellationToken cancellationToken = default)
    {
        using var request = Request(HttpMethod.Head, ObjectOf(key));
        using var response = await SendAsync(request, cancellationToken, HttpStatusCode.OK, HttpStatusCode.NotFound).ConfigureAwait(false);
        return response.StatusCode == HttpStatusCode.NotFound ? null : response.Content.Headers.ContentLength ?? throw new StorageNodeException(_address, "it did not say how long an object is");
    }

    /// <inheritdoc/>
    /// <exception cref="StorageNodeException">The host failed, or does not let this key read.</exception>
    public async IAsyncEnumerable<StorageObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var request = Request(HttpMethod.Get, new Uri(_address, "objects?prefix=" + Uri.EscapeDataString(prefix)));
        using var response = await SendAsync(request, cancellationToken, HttpStatusCode.OK).ConfigureAwait(false);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false));
        while (await ReadLineAsync(reader, cancellationToken).ConfigureAwait(false) is { } line && line != EndOfList)
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            yield return space > 0 && long.TryParse(line.AsSpan(0, space), NumberStyles.None, CultureInfo.InvariantCulture, out var length)
                ? new StorageObject(line[(space + 1)..], length)
                : throw new StorageNodeException(_address, "its list of objects is none");
        }
    }

    /// <inheritdoc/>
    /// <exception cref="StorageNodeException">The host failed, or does not let this key write.</exception>
    public async ValueTask<bool> DeleteAsync(string key, CancellationToken cancellationToken = default)
    {
        using var request = Request(HttpMethod.Delete, ObjectOf(key));
        using var response = await SendAsync(request, cancellationToken, HttpStatusCode.NoContent, HttpStatusCode.NotFound).ConfigureAwait(false);
        return response.StatusCode == HttpStatusCode.NoContent;
    }

    /// <inheritdoc/>
    /// <exception cref="StorageNodeException">The host failed, or does not let this key write.</exception>
    public async ValueTask<bool> CompareAndSwapAsync(
        string key, ReadOnlyMemory<byte>? expected, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
    {
        if (content.Length > MaxSwapBytes)
        {
            throw new ArgumentException($"The content has {content.Length} bytes; {MaxSwapBytes} are the most.", nameof(content));
        }

        using var request = Request(HttpMethod.Post, ObjectOf(key));
        request.Headers.Add(ExpectedLengthName, (expected?.Length ?? -1).ToString(CultureInfo.InvariantCulture));
        request.Content = new ByteArrayContent([.. (expected ?? default).Span, .. content.Span]);
        using var response = await SendAsync(request, cancellationToken, HttpStatusCode.NoContent, HttpStatusCode.PreconditionFailed).ConfigureAwait(false);
        return response.StatusCode == HttpStatusCode.NoContent;
    }

    /// <inheritdoc/>
    /// <exception cref="StorageNodeException">The host failed, or does not let this key read.</exception>
    public async ValueTask<StorageTierCapacity> GetCapacityAsync(CancellationToken cancellationToken = default)
    {
        using var request = Request(HttpMethod.Get, new Uri(_address, "capacity"));
        using var response = await SendAsync(request, cancellationToken, HttpStatusCode.OK).ConfigureAwait(false);
        try
        {
            using var json = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), default, cancellationToken).ConfigureAwait(false);
            long? Find(string name) => json.RootElement.TryGetProperty(name, out var value) && value.TryGetInt64(out var bytes) ? bytes : null;
            return new StorageTierCapacity(Find("totalBytes"), Find("availableBytes"));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new StorageNodeException(_address, "what it says of its room is no JSON", exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_ownsHttp)
        {
            _http.Dispose();
        }
    }

    private async ValueTask<int> ReadRangeAsync(Uri address, long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        using var request = Request(HttpMethod.Get, address);
        request.Headers.Range = new RangeHeaderValue(offset, offset + destination.Length - 1);
        using var response = await SendAsync(
            request, cancellationToken, HttpStatusCode.OK, HttpStatusCode.PartialContent, HttpStatusCode.NotFound, HttpStatusCode.RequestedRangeNotSatisfiable).ConfigureAwait(false);
        return response.StatusCode switch
        {
            HttpStatusCode.NotFound => -1,
            HttpStatusCode.RequestedRangeNotSatisfiable => 0,
            HttpStatusCode.OK when offset > 0 => throw new StorageNodeException(_address, "it gave the whole object where a range was asked for"),
            _ => await ReadBodyAsync(response, destination, cancellationToken).ConfigureAwait(false),
        };
    }

    private Uri ObjectOf(string key)
    {
        StorageKey.Validate(key);
        return new Uri(_address, "objects/" + key);
    }

    private HttpRequestMessage Request(HttpMethod method, Uri address)
    {
        var request = new HttpRequestMessage(method, address);
        if (_key is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _key);
        }

        return request;
    }

    private async ValueTask<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken, params HttpStatusCode[] expected)
    {
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError != HttpRequestError.Unknown || exception.InnerException is null or IOException)
        {
            throw new StorageNodeException(_address, exception.Message, exception);
        }
        catch (HttpRequestException exception) when (exception.InnerException is { } inner)
        {
            // What the content's own stream threw is its owner's.
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(inner);
            throw;
        }

        if (expected.Contains(response.StatusCode))
        {
            return response;
        }

        using (response)
        {
            throw new StorageNodeException(_address, $"{request.Method} was answered with {(int)response.StatusCode}");
        }
    }

    private async ValueTask<int> ReadBodyAsync(HttpResponseMessage response, Memory<byte> destination, CancellationToken cancellationToken)
    {
        var wanted = (int)Math.Min(destination.Length, response.Content.Headers.ContentLength ?? destination.Length);
        try
        {
            var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            await body.ReadExactlyAsync(destination[..wanted], cancellationToken).ConfigureAwait(false);
            return wanted;
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            throw new StorageNodeException(_address, "what it sent ends early", exception);
        }
    }

    private async ValueTask<string?> ReadLineAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) ?? throw new StorageNodeException(_address, "its list of objects ends early");
        }
        catch (IOException exception)
        {
            throw new StorageNodeException(_address, "its list of objects ends early", exception);
        }
    }
}
