using System.Security.Cryptography;
using EdgeAI.Models;
using EdgeAI.Testing;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using EdgeAI.Testing.Safetensors;
using EdgeAI.Trust;

namespace EdgeAI.Storage.Tests.Clusters;

public sealed class PullTests : IDisposable
{
    private readonly TestCluster _cluster = new();
    private readonly TestStore _origin;
    private readonly TestStore _node;

    public PullTests()
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
    [InlineData("add")]
    [InlineData("matmul")]
    [InlineData("external-two-files")]
    public async Task PullAsync_FreshNode_HasTheModelAsItWasImported(string name)
    {
        var model = TestModels.Get(name);
        await PublishAsync("model:1", model);
        var before = _cluster.BytesRead;

        var result = await _node.Store.PullAsync("model:1", cancellationToken: Cancellation);

        Assert.False(result.WasPresent);
        Assert.Equal(_cluster.BytesRead - before, result.BytesMoved);
        Assert.Equal((await _origin.Store.FindAsync("model:1", Cancellation))!.Digest, result.Model.Digest);
        await _node.RequireContentAsync("model:1", model);
        await _node.RequireHealthyAsync();
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_node.Directory, "incoming")));
    }

    [Fact]
    public async Task PullAsync_AgainstThePlan_MovesAtMostAHundredthMore()
    {
        // Long enough that the few hundred bytes of a name do not count.
        var first = SeededRandom.Floats(1, 1 << 20);
        var second = first.ToArray();
        SeededRandom.Floats(2, 1 << 18).CopyTo(second.AsSpan(1 << 18));
        await PublishAsync("model:1", first);
        await _node.Store.PullAsync("model:1", cancellationToken: Cancellation);
        var have = (await _node.Store.FindAsync("model:1", Cancellation))!.Digest;
        await PublishAsync("model:2", second);
        var plan = await _origin.Store.PlanUpdateAsync([have], "model:2", Cancellation);
        var before = _cluster.BytesRead;

        var result = await _node.Store.PullAsync("model:2", cancellationToken: Cancellation);

        Assert.InRange(plan.MovedBytes, 500_000, 2_000_000);
        Assert.InRange(_cluster.BytesRead - before, plan.Ranges.Sum(range => range.Length), plan.MovedBytes * 1.01);
        Assert.Equal(_cluster.BytesRead - before, result.BytesMoved);
        await _node.RequireHealthyAsync();
    }

    [Fact]
    public async Task PullAsync_FineTunedVersion_FetchesItsBasesToo()
    {
        await PublishAsync("base:1", TestModels.MatMul);
        await PublishAsync("tuned:1", TestModels.FineTunedMatMul);

        await _node.Store.PullAsync("tuned:1", cancellationToken: Cancellation);

        await _node.RequireContentAsync("tuned:1", TestModels.FineTunedMatMul);
        await _node.Store.RemoveAsync("tuned:1", Cancellation);
        await _node.Store.CollectGarbageAsync(Cancellation);
        await _node.Store.PullAsync("base:1", cancellationToken: Cancellation);
        await _node.Store.PullAsync("tuned:1", cancellationToken: Cancellation);
        await _node.RequireContentAsync("tuned:1", TestModels.FineTunedMatMul);
        await _node.RequireHealthyAsync();
    }

    [Fact]
    public async Task PullAsync_WithoutPlans_ReadsTheIndexesOfPacks()
    {
        await PublishAsync("base:1", TestModels.MatMul);
        await PublishAsync("tuned:1", TestModels.FineTunedMatMul);
        Directory.Delete(Path.Combine(_cluster.Folder, "plans"), recursive: true);

        await _node.Store.PullAsync("tuned:1", cancellationToken: Cancellation);

        await _node.RequireContentAsync("tuned:1", TestModels.FineTunedMatMul);
    }

    [Fact]
    public async Task PullAsync_StalePlan_ReadsTheIndexesOfPacks()
    {
        await PublishAsync("model:1", TestModels.MatMul);
        await PublishAsync("model:2", TestModels.FineTunedMatMul);

        // The same content in other packs, under the plans of the old ones.
        using var repacked = new TestCluster("repacked");
        using var other = new TestStore(null, repacked.AsCluster());
        await other.ImportAsync("model:2", TestModels.FineTunedMatMul);
        await other.Store.FlushAsync(Cancellation);
        Directory.Delete(Path.Combine(_cluster.Folder, "packs"), recursive: true);
        Directory.Move(Path.Combine(repacked.Folder, "packs"), Path.Combine(_cluster.Folder, "packs"));

        await _node.Store.PullAsync("model:2", cancellationToken: Cancellation);

        await _node.RequireContentAsync("model:2", TestModels.FineTunedMatMul);
    }

    [Fact]
    public async Task PullAsync_DamagedContent_IsRefusedAndNothingIsKept()
    {
        await PublishAsync("model:1", TestModels.MatMul);
        var pack = Directory.GetFiles(Path.Combine(_cluster.Folder, "packs")).MaxBy(path => new FileInfo(path).Length)!;
        TestStore.Flip(pack, 1000);

        await Assert.ThrowsAsync<ContentCorruptedException>(async () => await _node.Store.PullAsync("model:1", cancellationToken: Cancellation));

        Assert.Empty(await _node.ListAsync());
        await _node.RequireHealthyAsync();
        TestStore.Flip(pack, 1000);
        await _node.Store.PullAsync("model:1", cancellationToken: Cancellation);
        await _node.RequireContentAsync("model:1", TestModels.MatMul);
    }

    [Fact]
    public async Task PullAsync_BytesChangedOnTheWay_AreFetchedAgain()
    {
        await PublishAsync("model:1", TestModels.MatMul);
        var changes = 0;
        _cluster.AfterRead = (key, bytes, read) =>
        {
            if (key.StartsWith("packs/", StringComparison.Ordinal) && Interlocked.Increment(ref changes) == 1)
            {
                bytes.Span[read / 2] ^= 1;
            }

            return read;
        };

        await _node.Store.PullAsync("model:1", cancellationToken: Cancellation);

        Assert.True(changes > 1);
        await _node.RequireContentAsync("model:1", TestModels.MatMul);
        await _node.RequireHealthyAsync();
    }

    [Fact]
    public async Task PullAsync_AnyByteOfAnyObjectChanged_GivesTheModelOrATypedError()
    {
        await PublishAsync("model:1", TestModels.Mlp);
        var random = new Random(NightlyRun.Seed);
        for (var i = 0; i < NightlyRun.Count(30, 1000); i++)
        {
            using var node = new TestStore(null, _cluster.AsCluster());
            var files = Directory.GetFiles(_cluster.Folder, "*", SearchOption.AllDirectories);
            var file = files[random.Next(files.Length)];
            var place = random.NextInt64(new FileInfo(file).Length);
            TestStore.Flip(file, place);

            var exception = await Record.ExceptionAsync(async () => await node.Store.PullAsync("model:1", cancellationToken: Cancellation));

            TestStore.Flip(file, place);
            Assert.True(exception is null or EdgeAIException, exception?.ToString());
            await node.Store.PullAsync("model:1", cancellationToken: Cancellation);
            await node.RequireContentAsync("model:1", TestModels.Mlp);
            await node.RequireHealthyAsync();
        }
    }

    [Fact]
    public async Task PullAsync_Interrupted_FetchesNoVerifiedByteAgain()
    {
        await PublishAsync("model:1", SeededRandom.Floats(3, 8 << 20));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var progress = new StopAt(stop, 0.5);
        var before = _cluster.BytesRead;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await _node.Store.PullAsync("model:1", progress: progress, cancellationToken: stop.Token));
        Assert.Empty(await _node.ListAsync());
        _node.Reopen();
        await _node.Store.CollectGarbageAsync(Cancellation);
        var between = _cluster.BytesRead;

        var result = await _node.Store.PullAsync("model:1", cancellationToken: Cancellation);

        Assert.InRange(result.BytesResumed, progress.Total / 2, progress.Total);
        Assert.InRange(_cluster.BytesRead - between, 1, progress.Total - result.BytesResumed + 20_000);
        Assert.True(between > before);
        await _node.RequireHealthyAsync();
    }

    [Fact]
    public async Task PullAsync_ManyAtOnce_MoveTheBytesOnce()
    {
        await PublishAsync("model:1", TestModels.MatMul);
        var alone = (await _node.Store.PullAsync("model:1", cancellationToken: Cancellation)).BytesMoved;
        using var other = new TestStore(null, _cluster.AsCluster());
        var before = _cluster.BytesRead;

        var results = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => other.Store.PullAsync("model:1", cancellationToken: Cancellation).AsTask()));

        Assert.Single(results, result => !result.WasPresent);
        Assert.InRange(_cluster.BytesRead - before, alone, alone + (4 * 1000));
    }

    [Fact]
    public async Task PullAsync_ModelNowhere_SaysSo()
    {
        var exception = await Assert.ThrowsAsync<ModelNotFoundException>(async () => await _node.Store.PullAsync("model:1", cancellationToken: Cancellation));

        Assert.Equal("model:1", exception.Model.ToString());
        await Assert.ThrowsAsync<ArgumentException>(async () => await _node.Store.PullAsync("model:1", "elsewhere", cancellationToken: Cancellation));
    }

    [Fact]
    public async Task PullAsync_ByDigest_BringsThatVersionWhateverTheTagMeans()
    {
        await PublishAsync("model:1", TestModels.MatMul);
        var version = ModelReference.Parse("model:1").At((await _origin.Store.FindAsync("model:1", Cancellation))!.Digest);
        await PublishAsync("model:1", TestModels.Mlp);

        var first = await _node.Store.PullAsync(version, cancellationToken: Cancellation);
        var calls = _cluster.Calls;
        var second = await _node.Store.PullAsync(version, cancellationToken: Cancellation);

        Assert.Equal((false, true, 0L, calls), (first.WasPresent, second.WasPresent, second.BytesMoved, _cluster.Calls));
        Assert.Equal($"model:sha256-{version.Digest!.Value.Hex}", Assert.Single(await _node.Store.ListAsync(Cancellation)).Reference.ToString());
        Assert.Empty((await _node.Store.GetBacklogAsync(Cancellation)).Entries);
        await _node.RequireContentAsync(version, TestModels.MatMul);
        await _node.RequireHealthyAsync();
    }

    [Fact]
    public async Task OpenAsync_ByDigestOnlyInTheCluster_PullsIt()
    {
        await PublishAsync("model:1", TestModels.MatMul);
        var version = (await _origin.Store.FindAsync("model:1", Cancellation))!;

        await _node.RequireContentAsync(version.Reference.At(version.Digest), TestModels.MatMul);

        var unknown = version.Reference.At(Digest.Of([1]));
        Assert.Equal(unknown, (await Assert.ThrowsAsync<ModelNotFoundException>(async () => await _node.Store.OpenAsync(unknown, null, Cancellation))).Model);
        _cluster.IsDown = true;
        await Assert.ThrowsAsync<ClusterUnavailableException>(async () => await _node.Store.OpenAsync(unknown, null, Cancellation));
    }

    [Fact]
    public async Task PullAsync_SignedModel_BringsItsSignature()
    {
        await _origin.ImportAsync("model:1", TestModels.Add);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var signer = ModelSigner.FromCallback(
            ModelPublicKey.FromSubjectPublicKeyInfo(key.ExportSubjectPublicKeyInfo()),
            (hash, _) => new(key.SignHash(hash.Span)));
        await _origin.Store.SignAsync("model:1", signer, Cancellation);
        await _origin.Store.FlushAsync(Cancellation);

        await _node.Store.PullAsync("model:1", cancellationToken: Cancellation);

        Assert.Null(Assert.Single(await _node.Store.ListSignaturesAsync("model:1", Cancellation)).Problem);
    }

    private async Task PublishAsync(ModelReference reference, TestModel model)
    {
        await _origin.ImportAsync(reference, model);
        await _origin.Store.FlushAsync(Cancellation);
    }

    private async Task PublishAsync(ModelReference reference, float[] weights)
    {
        using var folder = new TemporaryDirectory();
        var path = folder.WriteFile("model.safetensors", new SafetensorsBuilder().Tensor("w", weights, weights.Length).Build());
        await _origin.Store.ImportAsync(reference, ModelSource.FromFile(path), cancellationToken: Cancellation);
        await _origin.Store.FlushAsync(Cancellation);
    }
}
