using EdgeAI.Models;
using EdgeAI.Storage.Clusters;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using EdgeAI.Testing.Safetensors;
using EdgeAI.Transfers;
using Microsoft.Extensions.Time.Testing;

namespace EdgeAI.Storage.Tests.Clusters;

/// <summary>All bytes to and from clusters ask the transfer scheduler, as what matters as they do: what is sent behind imports least, what a load waits for most.</summary>
public sealed class ClusterTransferTests : IDisposable
{
    // The tag is sent by a swap, which the cluster does not count.
    private const long Tag = 1000;

    private readonly CountingScheduler _scheduler = new();
    private readonly TestCluster _cluster = new();
    private readonly TestStore _origin;

    public ClusterTransferTests() => _origin = new TestStore(_scheduler, null, _cluster.AsCluster());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _origin.Dispose();
        _cluster.Dispose();
    }

    [Fact]
    public async Task FlushAsync_Model_AsksForEachByteInTheBackground()
    {
        await PublishAsync("model:1", TestModels.MatMul);
        await PublishAsync("model:2", TestModels.FineTunedMatMul);

        Assert.InRange(Granted(TransferDirection.Up, TransferPriority.Background), _cluster.BytesWritten, _cluster.BytesWritten + (2 * Tag));
        Assert.Equal(_cluster.BytesRead, Granted(TransferDirection.Down, TransferPriority.Background));
        Assert.Equal(0, SumOthers(TransferDirection.Up) + SumOthers(TransferDirection.Down));
    }

    [Fact]
    public async Task PullAsync_Model_AsksForEachByte()
    {
        await PublishAsync("model:1", TestModels.MatMul);
        using var node = new TestStore(_scheduler, null, _cluster.AsCluster());

        var result = await node.Store.PullAsync("model:1", cancellationToken: Cancellation);

        Assert.Equal(result.BytesMoved, Granted(TransferDirection.Down, TransferPriority.Normal));
        Assert.Equal(0, Granted(TransferDirection.Down, TransferPriority.Critical));
    }

    [Fact]
    public async Task OpenAsync_ModelOnlyInTheCluster_AsksForEachByteBeforeAllOthers()
    {
        await PublishAsync("model:1", TestModels.MatMul);
        using var node = new TestStore(_scheduler, null, _cluster.AsCluster());
        var before = _cluster.BytesRead;

        await node.RequireContentAsync("model:1", TestModels.MatMul);

        Assert.Equal(_cluster.BytesRead - before, Granted(TransferDirection.Down, TransferPriority.Critical));
        Assert.Equal(0, Granted(TransferDirection.Down, TransferPriority.Normal));
    }

    [Fact]
    public async Task OpenAsync_OtherPullGoesOn_PassesIt()
    {
        await PublishAsync("pulled:1", TestModels.MatMul);
        await PublishAsync("loaded:1", TestModels.Mlp);
        using var node = new TestStore(_scheduler, null, _cluster.AsCluster());
        Task pulling;
        using (await _scheduler.BeginAsync(TransferDirection.Down, TransferPriority.Critical, Cancellation))
        {
            pulling = node.Store.PullAsync("pulled:1", cancellationToken: Cancellation).AsTask();
            await _scheduler.WaitForHeldAsync(TransferDirection.Down, TransferPriority.Normal);

            await node.RequireContentAsync("loaded:1", TestModels.Mlp);

            Assert.False(pulling.IsCompleted);
            Assert.Equal(0, Granted(TransferDirection.Down, TransferPriority.Normal));
        }

        await pulling;
        await node.RequireContentAsync("pulled:1", TestModels.MatMul);
    }

    [Fact]
    public async Task OpenAsync_ModelThatIsBeingPulled_MakesThePullCritical()
    {
        const int Length = 40 << 20;
        using var folder = new TemporaryDirectory();
        var content = new SafetensorsBuilder().Tensor("w", "U8", SeededRandom.Bytes(7, Length), Length).Build();
        await _origin.Store.ImportAsync("model:1", ModelSource.FromFile(folder.WriteFile("model.safetensors", content)), cancellationToken: Cancellation);
        await _origin.Store.FlushAsync(Cancellation);
        using var node = new TestStore(_scheduler, null, _cluster.AsCluster());

        // Held by somebody else's load from the first range on: six go on at most, and the pull has ten.
        var other = new Lazy<Task<ITransfer>>(() => _scheduler.BeginAsync(TransferDirection.Down, TransferPriority.Critical, Cancellation).AsTask());
        _cluster.Before = (key, _) => key.StartsWith("packs/", StringComparison.Ordinal) ? new ValueTask(other.Value) : default;
        var pulling = node.Store.PullAsync("model:1", cancellationToken: Cancellation).AsTask();
        await _scheduler.WaitForHeldAsync(TransferDirection.Down, TransferPriority.Normal);

        await using var opened = await node.Store.OpenAsync("model:1", null, Cancellation);

        Assert.Equal(content, await TestStore.ReadAsync(opened));
        Assert.False((await pulling).WasPresent);
        Assert.InRange(Granted(TransferDirection.Down, TransferPriority.Critical), 1 << 20, Length);
        Assert.InRange(Granted(TransferDirection.Down, TransferPriority.Normal), 1 << 20, Length);
        (await other.Value).Dispose();
    }

    [Fact]
    public async Task ImportAsync_OthersSend_ReturnsAndIsSentAfterThem()
    {
        using (await _scheduler.BeginAsync(TransferDirection.Up, TransferPriority.Normal, Cancellation))
        {
            await _origin.ImportAsync("model:1", TestModels.MatMul);
            await _scheduler.WaitForHeldAsync(TransferDirection.Up, TransferPriority.Background);

            Assert.Equal(0, _cluster.BytesWritten);
        }

        await _origin.Store.FlushAsync(Cancellation);
        using var node = new TestStore(null, _cluster.AsCluster());
        await node.RequireContentAsync("model:1", TestModels.MatMul);
    }

    [Fact]
    public async Task PutAsync_WaitsForItsTurn_DoesNotCountAsTheClustersDelay()
    {
        var time = new FakeTimeProvider();
        var tier = new BoundedTier(_cluster, TimeSpan.FromSeconds(10), time, _scheduler);
        using var content = new MemoryStream(SeededRandom.Bytes(1, 200_000));
        Task<bool> putting;
        using (await _scheduler.BeginAsync(TransferDirection.Up, TransferPriority.Normal, Cancellation))
        {
            putting = tier.PutAsync("packs/a", content, Cancellation).AsTask();
            await _scheduler.WaitForHeldAsync(TransferDirection.Up, TransferPriority.Background);
            time.Advance(TimeSpan.FromHours(1));
        }

        Assert.True(await putting);
        Assert.Equal(200_000, Granted(TransferDirection.Up, TransferPriority.Background));
        Assert.Equal(content.ToArray(), await File.ReadAllBytesAsync(Path.Combine(_cluster.Folder, "packs", "a"), Cancellation));
    }

    private long Granted(TransferDirection direction, TransferPriority priority) => _scheduler.Granted(direction, priority);

    private long SumOthers(TransferDirection direction) => Granted(direction, TransferPriority.Normal) + Granted(direction, TransferPriority.Critical);

    private async Task PublishAsync(ModelReference reference, TestModel model)
    {
        await _origin.ImportAsync(reference, model);
        await _origin.Store.FlushAsync(Cancellation);
    }
}
