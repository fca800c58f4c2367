using EdgeAI.Models;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using EdgeAI.Testing.Gguf;

namespace EdgeAI.Storage.Tests.Clusters;

/// <summary>A model that a load waits for is laid out while it comes.</summary>
public sealed class LayOutWhilePullingTests : IDisposable
{
    // Its weights take more than one range.
    private static readonly TestModel Large = TestModels.MatMulOf("large", 1500);

    private readonly TestCluster _cluster = new();
    private readonly TestStore _origin;
    private readonly TestStore _node;

    public LayOutWhilePullingTests()
    {
        _origin = new TestStore(null, _cluster.AsCluster());
        _node = new TestStore(null, _cluster.AsCluster());
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _origin.Dispose();
        _node.Dispose();
        _cluster.Dispose();
    }

    [Theory]
    [InlineData("matmul")]
    [InlineData("mlp")]
    [InlineData("external-two-files")]
    [InlineData("convolutions")]
    public async Task ResolveAsync_OnlyTheClusterHasIt_IsHotAsIfLaidOutFromTheStore(string name)
    {
        await PublishAsync("model:1", TestModels.Get(name));
        using var expected = await _origin.Store.MaterializeAsync("model:1", Cancellation);

        await _node.Store.ResolveAsync("model:1", Cancellation);

        Assert.Single(HotFolders());
        using var hot = await _node.Store.MaterializeAsync("model:1", Cancellation);
        RequireSame(expected, hot);
        await _node.RequireContentAsync("model:1", TestModels.Get(name));
        await _node.RequireHealthyAsync();
    }

    [Fact]
    public async Task ResolveAsync_OfAnotherFormat_IsHotToo()
    {
        var file = new GgufBuilder().Text("general.architecture", "test").Tensor("w", SeededRandom.Floats(1, 1 << 16), 256, 256).Build();
        using var source = new TemporaryDirectory();
        await File.WriteAllBytesAsync(source.Combine("model.gguf"), file, Cancellation);
        await _origin.Store.ImportAsync("model:1", ModelSource.FromFile(source.Combine("model.gguf")), null, Cancellation);
        await _origin.Store.FlushAsync(Cancellation);

        await _node.Store.ResolveAsync("model:1", Cancellation);

        using var hot = await _node.Store.MaterializeAsync("model:1", Cancellation);
        Assert.Equal(file, await File.ReadAllBytesAsync(hot.Files.ModelPath, Cancellation));
    }

    [Fact]
    public async Task PullAsync_NoLoadWaits_LaysNothingOut()
    {
        await PublishAsync("model:1", TestModels.MatMul);

        await _node.Store.PullAsync("model:1", cancellationToken: Cancellation);

        Assert.Empty(HotFolders());
    }

    [Fact]
    public async Task ResolveAsync_BrokenOffAtAnyRead_GoesOnAndIsTheSame()
    {
        await PublishAsync("model:1", Large);
        using var expected = await _origin.Store.MaterializeAsync("model:1", Cancellation);
        for (var reads = 3; reads < 12; reads++)
        {
            using var node = new TestStore(null, _cluster.AsCluster());
            using var stop = new CancellationTokenSource();
            var left = reads;
            _cluster.Before = async (_, token) =>
            {
                if (Interlocked.Decrement(ref left) == 0)
                {
                    await stop.CancelAsync();
                    token.ThrowIfCancellationRequested();
                }
            };
            var broken = await Record.ExceptionAsync(async () => await node.Store.ResolveAsync("model:1", stop.Token));
            Assert.True(broken is null or OperationCanceledException, broken?.ToString());
            _cluster.Before = (_, _) => default;

            node.Reopen();
            using var hot = await node.Store.MaterializeAsync("model:1", Cancellation);
            RequireSame(expected, hot);
            await node.RequireHealthyAsync();
        }
    }

    [Fact]
    public async Task ResolveAsync_BytesChangedOnTheWay_AreNotLaidOut()
    {
        await PublishAsync("model:1", Large);
        using var expected = await _origin.Store.MaterializeAsync("model:1", Cancellation);
        var changed = 0;
        _cluster.AfterRead = (key, bytes, read) =>
        {
            if (key.StartsWith("packs/", StringComparison.Ordinal) && read > 1000 && Interlocked.Increment(ref changed) == 2)
            {
                bytes.Span[read / 2] ^= 1;
            }

            return read;
        };

        await _node.Store.ResolveAsync("model:1", Cancellation);

        using var hot = await _node.Store.MaterializeAsync("model:1", Cancellation);
        Assert.True(changed > 2);
        RequireSame(expected, hot);
        await _node.RequireHealthyAsync();
    }

    [Fact]
    public async Task PullAsync_VersionsOfOneBase_HaveItInMemory()
    {
        await PublishAsync("model:1", TestModels.MatMul);
        await PublishAsync("model:2", TestModels.FineTunedMatMul);
        await _node.Store.PullAsync("model:1", cancellationToken: Cancellation);
        Assert.Equal(0, _node.Store.Cache.Bytes);
        await _node.Store.PullAsync("model:2", cancellationToken: Cancellation);
        Assert.InRange(_node.Store.Cache.Bytes, TestModels.MatMul.Content.Length / 2, TestModels.MatMul.Content.Length);
        await _node.Store.RemoveAsync("model:2", Cancellation);
        await _node.Store.CollectGarbageAsync(Cancellation);
        var before = _node.Store.Cache.Hits;

        await _node.Store.PullAsync("model:2", cancellationToken: Cancellation);

        Assert.True(_node.Store.Cache.Hits > before);
        await _node.RequireContentAsync("model:2", TestModels.FineTunedMatMul);
        await _node.RequireHealthyAsync();
    }

    private static void RequireSame(IHotModel expected, IHotModel hot)
    {
        Assert.Equal(File.ReadAllBytes(expected.Files.ModelPath), File.ReadAllBytes(hot.Files.ModelPath));
        Assert.Equal(expected.Files.WeightsPath is null, hot.Files.WeightsPath is null);
        if (expected.Files.WeightsPath is { } weights)
        {
            Assert.Equal(File.ReadAllBytes(weights), File.ReadAllBytes(hot.Files.WeightsPath!));
        }
    }

    private string[] HotFolders() => Directory.Exists(Path.Combine(_node.Directory, "hot")) ? Directory.GetDirectories(Path.Combine(_node.Directory, "hot")) : [];

    private async Task PublishAsync(string reference, TestModel model)
    {
        await _origin.ImportAsync(reference, model);
        await _origin.Store.FlushAsync(Cancellation);
    }
}
