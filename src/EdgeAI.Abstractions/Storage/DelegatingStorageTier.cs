namespace EdgeAI.Storage;

/// <summary>A tier that hands everything on to another one: derive from it to count, limit, encrypt or break what you need to, and override that alone.</summary>
/// <remarks>As thread-safe as the tier inside, which stays its owner's to dispose.</remarks>
public abstract class DelegatingStorageTier : IStorageTier
{
    /// <summary>Makes one.</summary>
    /// <param name="inner">The tier that does the work.</param>
    protected DelegatingStorageTier(IStorageTier inner)
    {
        ArgumentNullException.ThrowIfNull(inner);
        Inner = inner;
    }

    /// <inheritdoc/>
    public virtual string Name => Inner.Name;

    /// <inheritdoc/>
    public virtual StorageTierProperties Properties => Inner.Properties;

    /// <summary>The tier that does the work.</summary>
    protected IStorageTier Inner { get; }

    /// <inheritdoc/>
    public virtual ValueTask<bool> PutAsync(string key, Stream content, CancellationToken cancellationToken = default) => Inner.PutAsync(key, content, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<int> ReadAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken = default) =>
        Inner.ReadAsync(key, offset, destination, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<int> ReadUncachedAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken = default) =>
        Inner.ReadUncachedAsync(key, offset, destination, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<long?> GetLengthAsync(string key, CancellationToken cancellationToken = default) => Inner.GetLengthAsync(key, cancellationToken);

    /// <inheritdoc/>
    public virtual IAsyncEnumerable<StorageObject> ListAsync(string prefix, CancellationToken cancellationToken = default) => Inner.ListAsync(prefix, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<bool> DeleteAsync(string key, CancellationToken cancellationToken = default) => Inner.DeleteAsync(key, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<bool> CompareAndSwapAsync(
        string key,
        ReadOnlyMemory<byte>? expected,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellationToken = default) => Inner.CompareAndSwapAsync(key, expected, content, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<StorageTierCapacity> GetCapacityAsync(CancellationToken cancellationToken = default) => Inner.GetCapacityAsync(cancellationToken);
}
