namespace EdgeAI.Storage;

/// <summary>A place for the store's objects (packs, manifests, names): a disk, a cluster. Implement it to add a kind of place.</summary>
/// <remarks>
/// Objects are immutable: a key is written once and never changes, except for the small ones behind <see cref="CompareAndSwapAsync"/>. Keys are
/// lowercase letters, digits, <c>/</c>, <c>-</c> and <c>.</c>, at most 256 characters, with no empty, <c>.</c> or <c>..</c> part. Implementations are thread-safe.
/// </remarks>
public interface IStorageTier
{
    /// <summary>The name, unique within a store.</summary>
    string Name { get; }

    /// <summary>What the place is like.</summary>
    StorageTierProperties Properties { get; }

    /// <summary>Stores an object, if there is none under its key. When this returns, the object survives a crash, whole or not at all.</summary>
    /// <param name="key">The key.</param>
    /// <param name="content">Read from where it stands to its end.</param>
    /// <param name="cancellationToken">Cancels; nothing is left.</param>
    /// <returns>False when there was an object under that key; it is left as it was.</returns>
    ValueTask<bool> PutAsync(string key, Stream content, CancellationToken cancellationToken = default);

    /// <summary>Reads a range of an object.</summary>
    /// <param name="key">The key.</param>
    /// <param name="offset">Where the range begins, in bytes.</param>
    /// <param name="destination">Filled to its end, unless the object ends before.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>How many bytes were read; -1 when there is no such object.</returns>
    ValueTask<int> ReadAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken = default);

    /// <summary>Reads a range as the place itself has it, past any cache before it (a CDN, a proxy): asked when what a read gave is wrong.</summary>
    /// <remarks>Where there is no cache it is a read like any other, which it is unless it is implemented.</remarks>
    /// <param name="key">The key.</param>
    /// <param name="offset">Where the range begins, in bytes.</param>
    /// <param name="destination">Filled to its end, unless the object ends before.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>How many bytes were read; -1 when there is no such object.</returns>
    ValueTask<int> ReadUncachedAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken = default) =>
        ReadAsync(key, offset, destination, cancellationToken);

    /// <summary>The length of an object in bytes; null when there is no such object.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Cancels the look-up.</param>
    ValueTask<long?> GetLengthAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>The objects whose keys begin with a prefix, in no order.</summary>
    /// <param name="prefix">The prefix; empty for all.</param>
    /// <param name="cancellationToken">Cancels the listing.</param>
    IAsyncEnumerable<StorageObject> ListAsync(string prefix, CancellationToken cancellationToken = default);

    /// <summary>Deletes an object. When this returns, a crash does not bring it back.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Cancels the deletion.</param>
    /// <returns>False when there was none.</returns>
    ValueTask<bool> DeleteAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>Replaces a small object, if it is still what the caller believes.</summary>
    /// <param name="key">The key.</param>
    /// <param name="expected">What the caller believes is there; null for nothing.</param>
    /// <param name="content">What shall be there, at most 64 KiB.</param>
    /// <param name="cancellationToken">Cancels; the object is left as it was.</param>
    /// <returns>False when something else is there; it is left as it was.</returns>
    ValueTask<bool> CompareAndSwapAsync(
        string key,
        ReadOnlyMemory<byte>? expected,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellationToken = default);

    /// <summary>How much room there is.</summary>
    /// <param name="cancellationToken">Cancels the look-up.</param>
    ValueTask<StorageTierCapacity> GetCapacityAsync(CancellationToken cancellationToken = default);
}
