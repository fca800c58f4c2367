using EdgeAI.Storage;
using Microsoft.Extensions.Time.Testing;

namespace EdgeAI.Runtime.Tests.Monitoring;

/// <summary>A tier whose answers take their time, by the clock of the test, and which counts what it is asked.</summary>
internal sealed class SlowTier(IStorageTier tier, FakeTimeProvider time) : DelegatingStorageTier(tier)
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

    public override ValueTask<bool> PutAsync(string key, Stream content, CancellationToken cancellationToken = default) => AnswerAsync(base.PutAsync(key, content, cancellationToken));

    public override ValueTask<int> ReadAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _reads);
        return AnswerAsync(base.ReadAsync(key, offset, destination, cancellationToken));
    }

    public override ValueTask<int> ReadUncachedAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _reads);
        return AnswerAsync(base.ReadUncachedAsync(key, offset, destination, cancellationToken));
    }

    public override ValueTask<long?> GetLengthAsync(string key, CancellationToken cancellationToken = default) => AnswerAsync(base.GetLengthAsync(key, cancellationToken));

    public override IAsyncEnumerable<StorageObject> ListAsync(string prefix, CancellationToken cancellationToken = default)
    {
        Pass();
        return base.ListAsync(prefix, cancellationToken);
    }

    public override ValueTask<bool> DeleteAsync(string key, CancellationToken cancellationToken = default) => AnswerAsync(base.DeleteAsync(key, cancellationToken));

    public override ValueTask<bool> CompareAndSwapAsync(string key, ReadOnlyMemory<byte>? expected, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default) =>
        AnswerAsync(base.CompareAndSwapAsync(key, expected, content, cancellationToken));

    public override ValueTask<StorageTierCapacity> GetCapacityAsync(CancellationToken cancellationToken = default) => AnswerAsync(base.GetCapacityAsync(cancellationToken));

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
