namespace EdgeAI.Storage.Tests.Reading;

/// <summary>Counts the reads of a tier.</summary>
internal sealed class CountingTier(IStorageTier inner) : DelegatingStorageTier(inner)
{
    private int _reads;

    public int Reads => _reads;

    public override ValueTask<int> ReadAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _reads);
        return base.ReadAsync(key, offset, destination, cancellationToken);
    }
}
