using EdgeAI.Models;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using EdgeAI.Testing.Safetensors;

namespace EdgeAI.Storage.Tests.Clusters;

public sealed class FailoverTests : IDisposable
{
    private readonly TestCluster _primary = new();
    private readonly TestCluster _backup = new("backup");
    private readonly TestStore _origin;
    private readonly TestStore _node;

    public FailoverTests()
    {
        _origin = new TestStore(null, _primary.AsCluster(), _backup.AsCluster());
        _node = new TestStore(null, _primary.AsCluster(), _backup.AsCluster());
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _origin.Dispose();
        _node.Dispose();
        _primary.Dispose();
        _backup.Dispose();
    }

    [Fact]
    public async Task MaterializeAsync_ModelOnlyInACluster_PullsItFirst()
    {
        await PublishAsync("model:1", TestModels.MatMul);

        using (var hot = await _node.Store.MaterializeAsync("model:1", Cancellation))
        {
            Assert.True(File.Exists(hot.Files.ModelPath));
        }

        await _node.RequireContentAsync("model:1", TestModels.MatMul);
        await _node.RequireHealthyAsync();
    }

    [Theory]
    [InlineData("open")]
    [InlineData("inspect")]
    [InlineData("export")]
    [InlineData("resolve")]
    public async Task AnyUse_ModelOnlyInACluster_PullsItFirst(string use)
    {
        await PublishAsync("model:1", TestModels.Add);
        using var folder = new TemporaryDirectory();

        switch (use)
        {
            case "open":
                await (await _node.Store.OpenAsync("model:1", null, Cancellation)).DisposeAsync();
                break;
            case "inspect":
                await _node.Store.InspectAsync("model:1", Cancellation);
                break;
            case "export":
                await _node.Store.ExportAsync("model:1", folder.Path, Cancellation);
                break;
            default:
                await _node.Store.ResolveAsync("model:1", Cancellation);
                break;
        }

        Assert.Single(await _node.ListAsync());
    }

    [Fact]
    public async Task OpenAsync_PullOnUseOff_AsksNoCluster()
    {
        await PublishAsync("model:1", TestModels.Add);
        using var folder = new TemporaryDirectory();
        await using var store = ModelStore.Open(folder.Path, new Configuration.StorageOptions { PullOnUse = false }, clusters: [_primary.AsCluster()]);
        var calls = _primary.Calls;

        await Assert.ThrowsAsync<ModelNotFoundException>(async () => await store.OpenAsync("model:1", null, Cancellation));

        Assert.Equal(calls, _primary.Calls);
    }

    [Fact]
    public async Task AnyUse_Offline_LocalWorksWithoutACallAndTheRestSaysSo()
    {
        await PublishAsync("model:1", TestModels.Add);
        await PublishAsync("model:2", TestModels.Mlp);
        await _node.Store.PullAsync("model:1", cancellationToken: Cancellation);
        (_primary.IsDown, _backup.IsDown) = (true, true);
        var calls = _primary.Calls + _backup.Calls;

        (await _node.Store.MaterializeAsync("model:1", Cancellation)).Dispose();
        await _node.RequireContentAsync("model:1", TestModels.Add);

        Assert.Equal(calls, _primary.Calls + _backup.Calls);
        var exception = await Assert.ThrowsAsync<ClusterUnavailableException>(async () => await _node.Store.MaterializeAsync("model:2", Cancellation));
        Assert.Equal(["primary", "backup"], exception.Clusters);
    }

    [Fact]
    public async Task PullAsync_PrimaryGoneInTheMiddle_GoesOnWithTheBackup()
    {
        await PublishLargeAsync("model:1");
        var reads = 0;
        _primary.Before = (key, _) => key.StartsWith("packs/", StringComparison.Ordinal) && Interlocked.Increment(ref reads) > 2
            ? throw new IOException("The primary is gone.")
            : default;

        await _node.Store.PullAsync("model:1", cancellationToken: Cancellation);

        Assert.True(reads > 2);
        Assert.True(_backup.BytesRead > 0);
        await _node.RequireHealthyAsync();
    }

    [Fact]
    public async Task PullAsync_PrimaryGoneFromTheStart_ComesFromTheBackup()
    {
        await PublishAsync("model:1", TestModels.MatMul);
        await PublishAsync("model:2", TestModels.Mlp);
        _primary.Before = (_, _) => throw new IOException("The primary is gone.");

        // The second one finds it left alone.
        await _node.Store.PullAsync("model:1", cancellationToken: Cancellation);
        await _node.Store.PullAsync("model:2", cancellationToken: Cancellation);

        Assert.True(_backup.BytesRead > 0);
        await _node.RequireHealthyAsync();
    }

    [Fact]
    public async Task PullAsync_PrimaryStallsInTheMiddle_GoesOnWithTheBackup()
    {
        await PublishLargeAsync("model:1");
        using var hasty = new TestStore(null, _primary.AsCluster(TimeSpan.FromMilliseconds(500)), _backup.AsCluster());
        var reads = 0;
        _primary.Before = async (key, token) =>
        {
            if (key.StartsWith("packs/", StringComparison.Ordinal) && Interlocked.Increment(ref reads) > 2)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, token);
            }
        };

        await hasty.Store.PullAsync("model:1", cancellationToken: Cancellation);

        Assert.True(_backup.BytesRead > 0);
        await hasty.RequireHealthyAsync();
    }

    [Fact]
    public async Task PullAsync_PrimaryThatHearsNoCancellation_IsLeftAllTheSame()
    {
        await PublishLargeAsync("model:1");
        using var hasty = new TestStore(null, _primary.AsCluster(TimeSpan.FromMilliseconds(500)), _backup.AsCluster());
        using var end = new CancellationTokenSource();
        _primary.Before = (key, _) => key.StartsWith("packs/", StringComparison.Ordinal) ? new(Task.Delay(Timeout.InfiniteTimeSpan, end.Token)) : default;

        await hasty.Store.PullAsync("model:1", cancellationToken: Cancellation);

        await end.CancelAsync();
        await hasty.RequireHealthyAsync();
    }

    [Fact]
    public async Task PullAsync_PrimaryCutsAnswersShort_GoesOnWithTheBackup()
    {
        await PublishLargeAsync("model:1");
        _primary.AfterRead = (key, _, read) => key.StartsWith("packs/", StringComparison.Ordinal) ? read / 2 : read;

        await _node.Store.PullAsync("model:1", cancellationToken: Cancellation);

        await _node.RequireHealthyAsync();
    }

    [Fact]
    public async Task PullAsync_DamagedOnThePrimary_TakesThatFromTheBackup()
    {
        await PublishAsync("model:1", TestModels.MatMul);
        foreach (var pack in Directory.GetFiles(Path.Combine(_primary.Folder, "packs")))
        {
            TestStore.Flip(pack, 1000);
        }

        await _node.Store.PullAsync("model:1", cancellationToken: Cancellation);

        await _node.RequireContentAsync("model:1", TestModels.MatMul);
        await _node.RequireHealthyAsync();
    }

    [Fact]
    public async Task PullAsync_FromAClusterByName_AsksThatOneOnly()
    {
        await PublishAsync("model:1", TestModels.Add);
        var calls = _primary.Calls;

        await _node.Store.PullAsync("model:1", "backup", cancellationToken: Cancellation);

        Assert.Equal(calls, _primary.Calls);
    }

    private async Task PublishAsync(ModelReference reference, TestModel model)
    {
        await _origin.ImportAsync(reference, model);
        await _origin.Store.FlushAsync(Cancellation);
    }

    // Eight ranges and more.
    private async Task PublishLargeAsync(ModelReference reference)
    {
        using var folder = new TemporaryDirectory();
        var path = folder.WriteFile("model.safetensors", new SafetensorsBuilder().Tensor("w", "U8", SeededRandom.Bytes(5, 34 << 20), 34 << 20).Build());
        await _origin.Store.ImportAsync(reference, ModelSource.FromFile(path), cancellationToken: Cancellation);
        await _origin.Store.FlushAsync(Cancellation);
    }
}
