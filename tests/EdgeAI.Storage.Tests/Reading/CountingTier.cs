namespace EdgeAI.Storage.Tests.Reading;

/// <summary>Counts the reads of a tier.</summary>
internal sealed class CountingTier(IStorageTier inner) : IStorageTier
{
    private int _reads;

    public string Name => inner.Name;

    public StorageTierProperties Properties => inner.Properties;

    public int Reads => _reads;

    public ValueTask<bool> PutAsync(string key, Stream content, CancellationToken cancellationToken = default) =>
        inner.PutAsync(key, content, cancellationToken);

    public ValueTask<int> ReadAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _reads);
        return inner.ReadAsync(key, offset, destination, cancellationToken);
    }

    public ValueTask<long?> GetLengthAsync(string key, CancellationToken cancellationToken = default) => inner.GetLengthAsync(key, cancellationToken);

    public IAsyncEnumerable<StorageObject> ListAsync(string prefix, CancellationToken cancellationToken = default) => inner.ListAsync(prefix, cancellationToken);

    public ValueTask<bool> DeleteAsync(string key, CancellationToken cancellationToken = default) => inner.DeleteAsync(key, cancellationToken);

    public ValueTask<bool> CompareAndSwapAsync(
        string key,
        ReadOnlyMemory<byte>? expected,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellationToken = default) => inner.CompareAndSwapAsync(key, expected, content, cancellationToken);

    public ValueTask<StorageTierCapacity> GetCapacityAsync(CancellationToken cancellationToken = default) => inner.GetCapacityAsync(cancellationToken);
}
