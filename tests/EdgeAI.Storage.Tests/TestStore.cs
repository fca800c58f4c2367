using EdgeAI.Models;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using EdgeAI.Transfers;

namespace EdgeAI.Storage.Tests;

/// <summary>A store in a directory of its own, and what every failed operation must leave of it.</summary>
internal sealed class TestStore : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    private readonly StorageCluster[] _clusters;
    private readonly ITransferScheduler? _transfers;

    public TestStore(string? directory = null, params StorageCluster[] clusters)
        : this(null, directory, clusters)
    {
    }

    public TestStore(ITransferScheduler? transfers, string? directory, params StorageCluster[] clusters)
    {
        Directory = directory ?? _folder.Combine("store");
        _transfers = transfers;
        _clusters = clusters;
        Store = Open();
    }

    public string Directory { get; }

    public ModelStore Store { get; private set; }

    /// <summary>The database that counts.</summary>
    public string IndexPath =>
        Path.ChangeExtension(Assert.Single(System.IO.Directory.EnumerateFiles(Directory, "index-*.current")), ".db");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // What is being sent in the background would write into the folder while it is deleted.
    public void Dispose()
    {
        Store.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _folder.Dispose();
    }

    /// <summary>Forgets what the process knows of the store, as a restart does.</summary>
    public void Reopen()
    {
        Store.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Store = Open();
    }

    private ModelStore Open() => ModelStore.Open(Directory, transfers: _transfers, clusters: _clusters);

    /// <summary>Imports a model of the catalogue.</summary>
    public async Task<ImportResult> ImportAsync(ModelReference reference, TestModel model, IProgress<ImportProgress>? progress = null)
    {
        using var source = new TemporaryDirectory();
        return await Store.ImportAsync(reference, ModelSource.FromFile(model.Save(source)), progress, Cancellation);
    }

    /// <summary>What the store has, as a failed operation must leave it.</summary>
    public async Task<string[]> ListAsync() =>
        [.. (await Store.ListAsync(Cancellation)).Select(model => $"{model.Reference} {model.Digest}")];

    /// <summary>Every object on the disk that counts: what is left besides is garbage.</summary>
    public string[] Objects() => [.. System.IO.Directory.EnumerateFiles(System.IO.Path.Combine(Directory, "objects"), "*", SearchOption.AllDirectories).Order()];

    /// <summary>The bytes that they take; none before the first call.</summary>
    public long SumObjects() => Objects()
        .Where(path => !path.Contains("names", StringComparison.Ordinal) && !path.Contains("signatures", StringComparison.Ordinal))
        .Sum(path => new FileInfo(path).Length);

    /// <summary>Says that the store is as it was and whole, and that a second try of the import works.</summary>
    public async Task RequireUnharmedAsync(string[] before, ModelReference reference, TestModel model)
    {
        Assert.Equal(before, await ListAsync());
        await RequireHealthyAsync();
        await ImportAsync(reference, model);
        await RequireContentAsync(reference, model);
        await RequireHealthyAsync();
    }

    /// <summary>Says that a verification finds nothing, and that nothing half written is left.</summary>
    public async Task RequireHealthyAsync()
    {
        var report = await Store.VerifyAsync(Cancellation);

        Assert.True(report.IsHealthy, string.Join(Environment.NewLine, report.Problems));
        Assert.Empty(System.IO.Directory.EnumerateFileSystemEntries(System.IO.Path.Combine(Directory, "staging")));
    }

    /// <summary>Says that a model comes out as it went in, byte for byte.</summary>
    public async Task RequireContentAsync(ModelReference reference, TestModel model)
    {
        foreach (var (path, content) in model.Files)
        {
            await using var stream = await Store.OpenAsync(reference, path, Cancellation);
            Assert.Equal(content, await ReadAsync(stream));
        }
    }

    /// <summary>Changes a byte of a file.</summary>
    public static void Flip(string path, long place)
    {
        using var file = File.Open(path, FileMode.Open, FileAccess.ReadWrite);
        file.Position = place;
        var value = file.ReadByte();
        file.Position = place;
        file.WriteByte((byte)(value ^ 0x41));
    }

    /// <summary>Reads a stream to its end.</summary>
    public static async Task<byte[]> ReadAsync(Stream stream)
    {
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy, Cancellation);
        return copy.ToArray();
    }
}
