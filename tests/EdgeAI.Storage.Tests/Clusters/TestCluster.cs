using EdgeAI.Storage.Tiers;
using EdgeAI.Testing.Files;

namespace EdgeAI.Storage.Tests.Clusters;

/// <summary>A cluster in a folder, which counts what is asked of it and fails as it is told.</summary>
internal sealed class TestCluster : DelegatingStorageTier, IDisposable
{
    private readonly TemporaryDirectory _folder;
    private long _bytesRead;
    private long _bytesWritten;
    private int _calls;

    public TestCluster(string name = "primary", string? folder = null)
        : this(name, folder, new TemporaryDirectory())
    {
    }

    private TestCluster(string name, string? folder, TemporaryDirectory temporary)
        : base(new LocalDirectoryTier(name, folder ?? temporary.Combine("objects")))
    {
        _folder = temporary;
        Folder = folder ?? temporary.Combine("objects");
    }

    public string Folder { get; }

    public override StorageTierProperties Properties { get; } = new(StorageLatency.Milliseconds, IsDurable: true, IsRemote: true);

    /// <summary>Bytes that were read from it.</summary>
    public long BytesRead => Interlocked.Read(ref _bytesRead);

    /// <summary>Bytes that were written to it.</summary>
    public long BytesWritten => Interlocked.Read(ref _bytesWritten);

    /// <summary>How often it was asked anything.</summary>
    public int Calls => _calls;

    /// <summary>Told of each call by its key before it is done; may wait, or throw.</summary>
    public Func<string, CancellationToken, ValueTask> Before { get; set; } = (_, _) => default;

    /// <summary>Told of each read when it is done; may change the bytes, or make them fewer.</summary>
    public Func<string, Memory<byte>, int, int> AfterRead { get; set; } = (_, _, read) => read;

    /// <summary>Told of each read that may come from a cache before it; may change the bytes, or make them fewer.</summary>
    public Func<string, Memory<byte>, int, int> InCache { get; set; } = (_, _, read) => read;

    /// <summary>Whether it can't be reached.</summary>
    public bool IsDown
    {
        set => Before = value ? (_, _) => throw new IOException("The cluster is down.") : (_, _) => default;
    }

    public StorageCluster AsCluster(TimeSpan? slowAfter = null) => new(Name, this) { SlowAfter = slowAfter ?? TimeSpan.FromMinutes(10) };

    public void Dispose() => _folder.Dispose();

    public override async ValueTask<bool> PutAsync(string key, Stream content, CancellationToken cancellationToken = default)
    {
        await EnterAsync(key, cancellationToken);
        var isNew = await Inner.PutAsync(key, content, cancellationToken);
        Interlocked.Add(ref _bytesWritten, isNew ? content.Length : 0);
        return isNew;
    }

    public override async ValueTask<int> ReadAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        var read = await ReadUncachedAsync(key, offset, destination, cancellationToken);
        return InCache(key, destination, read);
    }

    public override async ValueTask<int> ReadUncachedAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        await EnterAsync(key, cancellationToken);
        var read = await Inner.ReadAsync(key, offset, destination, cancellationToken);
        Interlocked.Add(ref _bytesRead, Math.Max(0, read));
        return AfterRead(key, destination, read);
    }

    public override async ValueTask<long?> GetLengthAsync(string key, CancellationToken cancellationToken = default)
    {
        await EnterAsync(key, cancellationToken);
        return await Inner.GetLengthAsync(key, cancellationToken);
    }

    public override async IAsyncEnumerable<StorageObject> ListAsync(
        string prefix,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await EnterAsync(prefix, cancellationToken);
        await foreach (var stored in Inner.ListAsync(prefix, cancellationToken))
        {
            yield return stored;
        }
    }

    public override async ValueTask<bool> DeleteAsync(string key, CancellationToken cancellationToken = default)
    {
        await EnterAsync(key, cancellationToken);
        return await Inner.DeleteAsync(key, cancellationToken);
    }

    public override async ValueTask<bool> CompareAndSwapAsync(
        string key,
        ReadOnlyMemory<byte>? expected,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellationToken = default)
    {
        await EnterAsync(key, cancellationToken);
        return await Inner.CompareAndSwapAsync(key, expected, content, cancellationToken);
    }

    private async ValueTask EnterAsync(string key, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _calls);
        await Before(key, cancellationToken);
    }
}
