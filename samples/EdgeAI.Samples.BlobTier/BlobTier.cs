using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using EdgeAI.Storage;

namespace EdgeAI.Samples;

/// <summary>A storage tier in a container of Azure Blob Storage. Thread-safe.</summary>
/// <param name="name">Its name, unique within a store.</param>
/// <param name="container">The container, which exists.</param>
public sealed class BlobTier(string name, BlobContainerClient container) : IStorageTier
{
    private const int MaxSmallObject = 64 << 10;

    private static readonly StorageTransferOptions Blocks = new() { InitialTransferSize = 8 << 20, MaximumTransferSize = 8 << 20, MaximumConcurrency = 4 };

    // What only one of several writers may do: create.
    private static readonly BlobRequestConditions IfAbsent = new() { IfNoneMatch = ETag.All };

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public StorageTierProperties Properties { get; } = new(StorageLatency.Milliseconds, IsDurable: true, IsRemote: true, RelativeCost: 0.2);

    /// <inheritdoc/>
    public async ValueTask<bool> PutAsync(string key, Stream content, CancellationToken cancellationToken = default) =>
        await GetLengthAsync(key, cancellationToken) is null && await TryWriteAsync(key, content, IfAbsent, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<int> ReadAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        if (destination.IsEmpty)
        {
            return await GetLengthAsync(key, cancellationToken) is null ? -1 : 0;
        }

        try
        {
            var range = new BlobDownloadOptions { Range = new HttpRange(offset, destination.Length) };
            using var download = (await BlobOf(key).DownloadStreamingAsync(range, cancellationToken)).Value;
            return await download.Content.ReadAtLeastAsync(destination, destination.Length, throwOnEndOfStream: false, cancellationToken);
        }
        catch (RequestFailedException exception) when (exception.ErrorCode == BlobErrorCode.InvalidRange)
        {
            return 0;
        }
        catch (RequestFailedException exception) when (exception.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            return -1;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<long?> GetLengthAsync(string key, CancellationToken cancellationToken = default)
    {
        try
        {
            return (await BlobOf(key).GetPropertiesAsync(cancellationToken: cancellationToken)).Value.ContentLength;
        }
        catch (RequestFailedException exception) when (exception.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StorageObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var blob in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, cancellationToken))
        {
            yield return new StorageObject(blob.Name, blob.Properties.ContentLength ?? 0);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<bool> DeleteAsync(string key, CancellationToken cancellationToken = default) =>
        await BlobOf(key).DeleteIfExistsAsync(cancellationToken: cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<bool> CompareAndSwapAsync(
        string key,
        ReadOnlyMemory<byte>? expected,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(content.Length, MaxSmallObject, nameof(content));
        var before = await ReadSmallAsync(key, cancellationToken);
        if (before.HasValue != expected.HasValue || (before is var (found, _) && !expected!.Value.Span.SequenceEqual(found)))
        {
            return false;
        }

        // The ETag names this state of the blob: who is slower than another writer is refused.
        var condition = before is var (_, tag) ? new BlobRequestConditions { IfMatch = tag } : IfAbsent;
        using var body = new MemoryStream(content.ToArray());
        if (await TryWriteAsync(key, body, condition, cancellationToken))
        {
            return true;
        }

        // The client sends again what got no answer; a refusal may be of the second try, after the first was done.
        return await ReadSmallAsync(key, cancellationToken) is var (now, _) && content.Span.SequenceEqual(now) && !(before is var (old, _) && content.Span.SequenceEqual(old));
    }

    /// <inheritdoc/>
    public ValueTask<StorageTierCapacity> GetCapacityAsync(CancellationToken cancellationToken = default) => new(new StorageTierCapacity(null, null));

    // A long blob goes in blocks, of which nothing is seen before the last request commits them all: whole or not at all.
    private async Task<bool> TryWriteAsync(string key, Stream content, BlobRequestConditions condition, CancellationToken cancellationToken)
    {
        try
        {
            await BlobOf(key).UploadAsync(content, new BlobUploadOptions { Conditions = condition, TransferOptions = Blocks }, cancellationToken);
            return true;
        }
        catch (RequestFailedException exception) when (exception.ErrorCode == BlobErrorCode.BlobAlreadyExists || exception.ErrorCode == BlobErrorCode.ConditionNotMet)
        {
            return false;
        }
        catch (RequestFailedException exception) when (exception.ErrorCode == BlobErrorCode.InvalidBlockList)
        {
            // Another writer's commit has thrown our blocks away.
            if (await GetLengthAsync(key, cancellationToken) is null)
            {
                throw;
            }

            return false;
        }
    }

    private async Task<(byte[] Content, ETag Tag)?> ReadSmallAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            var download = (await BlobOf(key).DownloadContentAsync(cancellationToken)).Value;
            return (download.Content.ToArray(), download.Details.ETag);
        }
        catch (RequestFailedException exception) when (exception.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            return null;
        }
    }

    private BlobClient BlobOf(string key) => container.GetBlobClient(key);
}
