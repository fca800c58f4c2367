using System.Buffers;
using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Runtime.CompilerServices;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeAI.Storage.S3;

/// <summary>A storage tier on an S3-compatible cluster. Thread-safe.</summary>
/// <remarks>
/// Objects are written once, by conditional writes where S3 has them: of several writers of one key, exactly one is told true. A write in parts has no such condition on every cluster; since the keys of
/// long objects are names of their content, two writers write the same bytes. A write in parts that was broken off goes on where it was at the next call with the same content.
/// What is sent is signed with its bytes, so that the cluster refuses what was damaged on the way; an answer that can't be the cluster's own is asked for again. Bytes of a range may still be damaged: whoever reads them
/// knows their digest. Requests are signed by the cluster's clock where this machine's is wrong.
/// </remarks>
public sealed class S3Tier : IStorageTier, IDisposable
{
    private const int MaxSmallObject = 64 << 10;

    private readonly S3ClusterOptions _options;
    private readonly S3Requests _requests;
    private readonly S3ReadEndpoint? _reads;

    /// <summary>Makes a tier. Nothing is sent before the first call.</summary>
    /// <param name="name">Its name, unique within a store.</param>
    /// <param name="options">Where the cluster is, and how to use it.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="logger">Told of failures that are tried again; null for nobody.</param>
    /// <exception cref="ValidationException">An option is out of its range.</exception>
    public S3Tier(string name, S3ClusterOptions options, TimeProvider? time = null, ILogger<S3Tier>? logger = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Validate(new ValidationContext(options, nameof(S3ClusterOptions), null, null)).FirstOrDefault() is { } problem)
        {
            throw new ValidationException(problem, null, null);
        }

        Name = name;
        _options = options;
        var clock = time ?? TimeProvider.System;
        var log = logger ?? NullLogger<S3Tier>.Instance;
        var endpoints = S3Clients.MakeEndpoints(options, clock);
        _requests = new S3Requests(name, endpoints, options, clock, log);
        _reads = options.ReadEndpoint is null ? null : new S3ReadEndpoint(name, options, endpoints[0], clock, log);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public StorageTierProperties Properties { get; } = new(StorageLatency.Milliseconds, IsDurable: true, IsRemote: true, RelativeCost: 0.25);

    /// <inheritdoc/>
    /// <exception cref="S3ClusterException">The cluster can't be reached, or refuses.</exception>
    public async ValueTask<bool> PutAsync(string key, Stream content, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        var path = PathOf(key);
        var buffer = ArrayPool<byte>.Shared.Rent(_options.PartLength);
        try
        {
            var length = await content.ReadAtLeastAsync(buffer.AsMemory(0, _options.PartLength), _options.PartLength, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            if (length < _options.PartLength)
            {
                return await PutIfAbsentAsync(key, path, buffer, length, cancellationToken).ConfigureAwait(false);
            }

            if (await GetLengthAsync(key, cancellationToken).ConfigureAwait(false) is not null)
            {
                return false;
            }

            return await new S3Upload(_requests, _options, Name, key, path).RunAsync(buffer.AsMemory(0, length), content, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="S3ClusterException">The cluster can't be reached, or refuses.</exception>
    public ValueTask<int> ReadAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken = default) =>
        ReadAsync(key, offset, destination, isCached: _reads is not null && S3ReadEndpoint.Serves(key), cancellationToken);

    /// <summary>Reads a range at the gateways, whatever <see cref="S3ClusterOptions.ReadEndpoint"/> remembers.</summary>
    /// <param name="key">The key.</param>
    /// <param name="offset">Where the range begins, in bytes.</param>
    /// <param name="destination">Filled to its end, unless the object ends before.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>How many bytes were read; -1 when there is no such object.</returns>
    /// <exception cref="S3ClusterException">The cluster can't be reached, or refuses.</exception>
    public ValueTask<int> ReadUncachedAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken = default) =>
        ReadAsync(key, offset, destination, isCached: false, cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="S3ClusterException">The cluster can't be reached, or refuses.</exception>
    public async ValueTask<long?> GetLengthAsync(string key, CancellationToken cancellationToken = default)
    {
        var request = new GetObjectMetadataRequest { BucketName = _options.Bucket, Key = PathOf(key) };
        var found = await AskAsync(
            $"look up '{key}'",
            async (client, token) =>
            {
                var response = await client.GetObjectMetadataAsync(request, token).ConfigureAwait(false);
                return S3Answers.RequireObject(response, response.ETag, response.Headers.ContentType);
            },
            HttpStatusCode.NotFound,
            cancellationToken).ConfigureAwait(false);
        return found?.ContentLength;
    }

    /// <inheritdoc/>
    /// <exception cref="S3ClusterException">The cluster can't be reached, or refuses.</exception>
    public async IAsyncEnumerable<StorageObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        string? next = null;
        do
        {
            var request = new ListObjectsV2Request { BucketName = _options.Bucket, Prefix = _options.Prefix + prefix, ContinuationToken = next };
            var page = (await AskAsync(
                $"list '{prefix}'",
                async (client, token) => S3Answers.RequirePage(await client.ListObjectsV2Async(request, token).ConfigureAwait(false), _options.Bucket, request.Prefix),
                null,
                cancellationToken).ConfigureAwait(false))!;
            foreach (var found in page.S3Objects ?? [])
            {
                yield return new StorageObject(found.Key[_options.Prefix.Length..], found.Size ?? 0);
            }

            next = page.IsTruncated == true ? page.NextContinuationToken : null;
        }
        while (next is not null);
    }

    /// <inheritdoc/>
    /// <exception cref="S3ClusterException">The cluster can't be reached, or refuses.</exception>
    public async ValueTask<bool> DeleteAsync(string key, CancellationToken cancellationToken = default)
    {
        // S3 deletes what is not there without a word.
        if (await GetLengthAsync(key, cancellationToken).ConfigureAwait(false) is null)
        {
            return false;
        }

        var request = new DeleteObjectRequest { BucketName = _options.Bucket, Key = PathOf(key) };
        await AskAsync($"delete '{key}'", (client, token) => client.DeleteObjectAsync(request, token), HttpStatusCode.NotFound, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <inheritdoc/>
    /// <exception cref="S3ClusterException">The cluster can't be reached, or refuses.</exception>
    public async ValueTask<bool> CompareAndSwapAsync(
        string key,
        ReadOnlyMemory<byte>? expected,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(content.Length, MaxSmallObject, nameof(content));
        var path = PathOf(key);
        var bytes = content.ToArray();
        if (expected is not { } wanted)
        {
            return await PutIfAbsentAsync(key, path, bytes, bytes.Length, cancellationToken).ConfigureAwait(false);
        }

        if (await ReadSmallAsync(key, path, cancellationToken).ConfigureAwait(false) is not var (found, tag) || !wanted.Span.SequenceEqual(found))
        {
            return false;
        }

        // Some clusters take the tag without its quotes, others with them; the wrong form matches nothing.
        foreach (var form in new[] { tag.Trim('"'), $"\"{tag.Trim('"')}\"" })
        {
            if (await PutAsync(key, path, bytes, bytes.Length, request => request.IfMatch = form, cancellationToken).ConfigureAwait(false))
            {
                return true;
            }
        }

        // An answer that was lost on the way may have been a yes.
        return await ReadSmallAsync(key, path, cancellationToken).ConfigureAwait(false) is var (now, _) && content.Span.SequenceEqual(now) && !wanted.Span.SequenceEqual(now);
    }

    /// <inheritdoc/>
    public ValueTask<StorageTierCapacity> GetCapacityAsync(CancellationToken cancellationToken = default) => new(new StorageTierCapacity(null, null));

    /// <summary>
    /// Makes these the bucket's lifecycle rules for this tier: earlier ones of this tier go, and those of others, known by their names, stay. Rules of others that are set at the same moment may be lost.
    /// </summary>
    /// <param name="rules">The rules; none takes back what was set.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="InvalidLifecycleRuleException">A rule can't be kept to; nothing was sent.</exception>
    /// <exception cref="S3ClusterException">The cluster can't be reached, or refuses.</exception>
    public Task SetLifecycleAsync(IReadOnlyList<S3LifecycleRule> rules, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(rules);
        return new S3Lifecycle(_requests, _options, Name).SetAsync(rules, cancellationToken);
    }

    /// <summary>This tier's lifecycle rules in the bucket, by their names.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="S3ClusterException">The cluster can't be reached, or refuses.</exception>
    public Task<IReadOnlyList<S3LifecycleRule>> GetLifecycleAsync(CancellationToken cancellationToken = default) =>
        new S3Lifecycle(_requests, _options, Name).GetAsync(cancellationToken);

    /// <summary>Lets go of connections.</summary>
    public void Dispose()
    {
        _reads?.Dispose();
        _requests.Dispose();
    }

    private async Task<bool> PutIfAbsentAsync(string key, string path, byte[] buffer, int length, CancellationToken cancellationToken)
    {
        var retried = 0;
        var stored = await PutAsync(key, path, buffer, length, request => { request.IfNoneMatch = "*"; retried++; }, cancellationToken).ConfigureAwait(false);
        if (stored || retried <= 1)
        {
            return stored;
        }

        // A first try whose answer was lost may have stored it: what stands there tells, unless another writer had the same bytes, and then nothing is wrong either.
        return await ReadSmallAsync(key, path, cancellationToken).ConfigureAwait(false) is var (found, _) && buffer.AsSpan(0, length).SequenceEqual(found);
    }

    private async Task<bool> PutAsync(string key, string path, byte[] buffer, int length, Action<PutObjectRequest> condition, CancellationToken cancellationToken)
    {
        try
        {
            await _requests.SendAsync(
                $"write '{key}'",
                async (client, token) =>
                {
                    using var body = new MemoryStream(buffer, 0, length, writable: false);
                    var request = new PutObjectRequest { BucketName = _options.Bucket, Key = path, InputStream = body, AutoCloseStream = false };
                    if (_options.StorageClass is { } storageClass)
                    {
                        request.StorageClass = new S3StorageClass(storageClass);
                    }

                    condition(request);
                    var response = await client.PutObjectAsync(request, token).ConfigureAwait(false);
                    return S3Answers.RequireTag(response, response.ETag);
                },
                cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode is HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict)
        {
            return false;
        }
        catch (AmazonS3Exception exception)
        {
            throw Refused($"write '{key}'", exception);
        }
    }

    private async ValueTask<int> ReadAsync(string key, long offset, Memory<byte> destination, bool isCached, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        var path = PathOf(key);
        if (destination.IsEmpty)
        {
            return await GetLengthAsync(key, cancellationToken).ConfigureAwait(false) is null ? -1 : 0;
        }

        if (destination.Length <= _options.PartLength)
        {
            return await ReadRangeAsync(key, path, offset, destination, isCached, cancellationToken).ConfigureAwait(false);
        }

        var pieces = (destination.Length + _options.PartLength - 1) / _options.PartLength;
        var reads = new int[pieces];
        await Parallel.ForAsync(
            0,
            pieces,
            new ParallelOptions { MaxDegreeOfParallelism = _options.MaxParallelParts, CancellationToken = cancellationToken },
            async (piece, token) =>
            {
                var start = piece * _options.PartLength;
                var length = Math.Min(_options.PartLength, destination.Length - start);
                reads[piece] = await ReadRangeAsync(key, path, offset + start, destination.Slice(start, length), isCached, token).ConfigureAwait(false);
            }).ConfigureAwait(false);
        return reads[0] < 0 ? -1 : reads.Sum(read => Math.Max(0, read));
    }

    private Task<int> ReadRangeAsync(string key, string path, long offset, Memory<byte> destination, bool isCached, CancellationToken cancellationToken) => isCached
        ? _reads!.ReadAsync(key, path, offset, destination, () => ReadAtGatewaysAsync(key, path, offset, destination, cancellationToken), cancellationToken)
        : ReadAtGatewaysAsync(key, path, offset, destination, cancellationToken);

    private async Task<int> ReadAtGatewaysAsync(string key, string path, long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        var action = $"read '{key}'";
        try
        {
            return await _requests.SendAsync(
                action,
                async (client, token) =>
                {
                    var request = new GetObjectRequest { BucketName = _options.Bucket, Key = path, ByteRange = new ByteRange(offset, offset + destination.Length - 1) };
                    using var response = await S3Answers.RequireOwnAsync(() => client.GetObjectAsync(request, token)).ConfigureAwait(false);
                    var expected = S3Answers.LengthOf(response, offset, destination.Length);
                    await response.ResponseStream.ReadExactlyAsync(destination[..expected], token).ConfigureAwait(false);
                    return expected;
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.NotFound && exception.ErrorCode != "NoSuchBucket")
        {
            return -1;
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            return 0;
        }
        catch (AmazonS3Exception exception)
        {
            throw Refused(action, exception);
        }
    }

    // A small object whole, with the tag by which the cluster knows this state of it.
    private async Task<(byte[] Content, string Tag)?> ReadSmallAsync(string key, string path, CancellationToken cancellationToken)
    {
        var request = new GetObjectRequest { BucketName = _options.Bucket, Key = path };
        var action = $"read '{key}'";
        try
        {
            return await _requests.SendAsync(
                action,
                async (client, token) =>
                {
                    using var response = await S3Answers.RequireOwnAsync(() => client.GetObjectAsync(request, token)).ConfigureAwait(false);
                    S3Answers.RequireObject(response, response.ETag, response.Headers.ContentType);
                    using var content = new MemoryStream();
                    await response.ResponseStream.CopyToAsync(content, token).ConfigureAwait(false);
                    return ((byte[], string)?)(content.ToArray(), response.ETag);
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.NotFound && exception.ErrorCode != "NoSuchBucket")
        {
            return null;
        }
        catch (AmazonS3Exception exception)
        {
            throw Refused(action, exception);
        }
    }

    private async Task<T?> AskAsync<T>(string action, Func<IAmazonS3, CancellationToken, Task<T>> send, HttpStatusCode? absent, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await _requests.SendAsync(action, send, cancellationToken).ConfigureAwait(false);
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == absent && exception.ErrorCode != "NoSuchBucket")
        {
            return null;
        }
        catch (AmazonS3Exception exception)
        {
            throw Refused(action, exception);
        }
    }

    private S3ClusterException Refused(string action, AmazonS3Exception exception) => S3Requests.Refused(Name, _options, action, exception);

    private string PathOf(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        return _options.Prefix + key;
    }
}
