using EdgeAI.Storage.Tests.Maintenance;
using EdgeAI.Testing.Catalogue;

namespace EdgeAI.Storage.Tests.Clusters;

/// <summary>What tensors are recognised by is the same in a store that pulled them as in the one that imported them.</summary>
public sealed class PulledTensorTests : IDisposable
{
    // The first one is of nothing, and the next of one chunk.
    private const int Reports = 2;

    private static readonly TestModel[] Models =
    [
        TestModels.MatMul, TestModels.FineTunedMatMul, TestModels.External, TestModels.Get("external-two-files"), TestModels.Convolutions, TestModels.MatMulOf("other", 700, 2),
    ];

    private readonly TestCluster _cluster = new();
    private readonly TestStore _origin;
    private readonly TestStore _node;

    public PulledTensorTests()
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

    [Fact]
    public async Task PullAsync_OneAfterTheOther_EntersWhatTheImportEntered()
    {
        await ImportAllAsync();
        for (var i = 0; i < Models.Length; i++)
        {
            await _node.Store.PullAsync($"model:{i}", cancellationToken: Cancellation);
        }

        Assert.Equal(TensorsOf(_origin), TensorsOf(_node));
    }

    [Fact]
    public async Task PullAsync_OnlyTheTuned_EntersItsOwn()
    {
        await ImportAllAsync();

        await _node.Store.PullAsync("model:1", cancellationToken: Cancellation);

        var tensor = Assert.Single(TensorsOf(_node));
        Assert.Contains(tensor, TensorsOf(_origin));
    }

    [Fact]
    public async Task PullAsync_SecondNameForTheSameTensors_EntersThemUnderTheirNames()
    {
        await ImportAllAsync();
        await _node.Store.PullAsync("model:2", cancellationToken: Cancellation);

        await _node.Store.PullAsync("model:3", cancellationToken: Cancellation);

        Assert.All(TensorsOf(_node), tensor => Assert.Contains(tensor, TensorsOf(_origin)));
        Assert.True(TensorsOf(_node).Length > 2);
    }

    [Fact]
    public async Task PullAsync_GoneOnWithAfterAKill_EntersWhatTheImportEntered()
    {
        await ImportAllAsync();
        using (var child = await StoreProcesses.StartPullAsync(_node.Directory, Path.GetDirectoryName(_cluster.Folder)!, "model:5", Reports))
        {
            child.WriteLine("go");
            for (var report = 0; report < Reports; report++)
            {
                Assert.StartsWith("at ", await child.ReadLineAsync(Cancellation), StringComparison.Ordinal);
            }

            child.Kill();
            await child.WaitAsync(Cancellation);
        }

        var pulled = await _node.Store.PullAsync("model:5", cancellationToken: Cancellation);

        Assert.True(pulled.BytesResumed > 0);
        Assert.Contains(Assert.Single(TensorsOf(_node)), TensorsOf(_origin));
    }

    private async Task ImportAllAsync()
    {
        for (var i = 0; i < Models.Length; i++)
        {
            await _origin.ImportAsync($"model:{i}", Models[i]);
        }

        await _origin.Store.FlushAsync(Cancellation);
    }

    private static string[] TensorsOf(TestStore store) => [.. IndexDump.Read(store.IndexPath).Where(row => row.StartsWith("tensors", StringComparison.Ordinal))];
}
