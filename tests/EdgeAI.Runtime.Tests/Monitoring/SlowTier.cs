using EdgeAI.Storage;
using Microsoft.Extensions.Time.Testing;

namespace EdgeAI.Runtime.Tests.Monitoring;

/// <summary>A tier whose answers take their time, by the clock of the test, and which counts what it is asked.</summary>
internal sealed class SlowTier(IStorageTier tier, FakeTimeProvider time) : IStorageTier
{
    private int _calls;
    private int _reads;

    /// <summary>How long each answer takes.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Whether it fails.</summary>
    public bool IsDown { get; set; }

    /// <summary>How often it has answered.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>How often something was read from it.</summary>
    public int Reads => Volatile.Read(ref _reads);

    public string Name => tier.Name;

    public StorageTierProperties Properties => tier.Properties;

    public ValueTask<bool> PutAsync(string key, Stream content, CancellationToken cancellationToken = default) => AnswerAsync(tier.PutAsync(key, content, cancellationToken));

    public ValueTask<int> ReadAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _reads);
        return AnswerAsync(tier.ReadAsync(key, offset, destination, cancellationToken));
    }

    public ValueTask<long?> GetLengthAsync(string key, CancellationToken cancellationToken = default) => AnswerAsync(tier.GetLengthAsync(key, cancellationToken));

    public IAsyncEnumerable<StorageObject> ListAsync(string prefix, CancellationToken cancellationToken = default)
    {
        Pass();
        return tier.ListAsync(prefix, cancellationToken);
    }

    public ValueTask<bool> DeleteAsync(string key, CancellationToken cancellationToken = default) => AnswerAsync(tier.DeleteAsync(key, cancellationToken));

    public ValueTask<bool> CompareAndSwapAsync(string key, ReadOnlyMemory<byte>? expected, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default) =>
        AnswerAsync(tier.CompareAndSwapAsync(key, expected, content, cancellationToken));

    public ValueTask<StorageTierCapacity> GetCapacityAsync(CancellationToken cancellationToken = default) => AnswerAsync(tier.GetCapacityAsync(cancellationToken));

    private async ValueTask<T> AnswerAsync<T>(ValueTask<T> answer)
    {
        Pass();
        return await answer;
    }

    private void Pass()
    {
        time.Advance(Delay);
        Interlocked.Increment(ref _calls);
        if (IsDown)
        {
            throw new IOException("The cluster is down.");
        }
    }
}
