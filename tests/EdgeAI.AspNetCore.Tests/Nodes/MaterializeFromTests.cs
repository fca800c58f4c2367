using EdgeAI.AspNetCore.Tests.Hosting;
using EdgeAI.Models;
using EdgeAI.Storage;
using EdgeAI.Storage.Nodes;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;

namespace EdgeAI.AspNetCore.Tests.Nodes;

/// <summary>A store that lays models out with what another host has laid out.</summary>
public sealed class MaterializeFromTests
{
    private const string ReadKey = "read-key-0123456789";

    // Four chunks of weights.
    private const int Chunks = 4;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static TestModel Model { get; } = TestModels.MatMulOf("hot", 1024);

    [Fact]
    public async Task MaterializeFromAsync_NodeHasItLaidOut_TakesEveryChunkFromThere()
    {
        await using var host = await StartAsync();
        using var theirs = await host.Store.MaterializeAsync(Model.Name, Cancellation);
        await using var node = new NodeRuntime(_ => { });
        await node.ImportAsync(Model);
        using var road = new FaultyRoad();
        using var http = new HttpClient(road, disposeHandler: false);
        using var tier = TierOf(host, http);

        using var ours = await ((ModelStore)node.Runtime.Store).MaterializeFromAsync(Model.Name, tier, Cancellation);

        Assert.Equal(Chunks, road.Asked);
        Assert.Equal(await File.ReadAllBytesAsync(theirs.Files.WeightsPath!, Cancellation), await File.ReadAllBytesAsync(ours.Files.WeightsPath!, Cancellation));
        Assert.Equal(await File.ReadAllBytesAsync(theirs.Files.ModelPath, Cancellation), await File.ReadAllBytesAsync(ours.Files.ModelPath, Cancellation));
        await AssertWholeAsync(node, host);
    }

    // It is asked no more after the first wrong answer, but for those that were asked for at the same time.
    [Theory]
    [InlineData("wrong", 0)]
    [InlineData("wrong", 2)]
    [InlineData("short", 1)]
    [InlineData("cut off", 1)]
    [InlineData("dropped", 0)]
    [InlineData("dropped", 2)]
    [InlineData("gone", 1)]
    [InlineData("silent", 1)]
    public async Task MaterializeFromAsync_NodeFails_TakesTheRestFromItsOwnPacks(string fault, int goodAnswers)
    {
        await using var host = await StartAsync();
        (await host.Store.MaterializeAsync(Model.Name, Cancellation)).Dispose();
        await using var node = new NodeRuntime(_ => { });
        await node.ImportAsync(Model);
        using var road = new FaultyRoad(fault, goodAnswers);
        using var http = new HttpClient(road, disposeHandler: false);
        using var tier = TierOf(host, http);

        using var ours = await ((ModelStore)node.Runtime.Store).MaterializeFromAsync(Model.Name, tier, Cancellation);

        Assert.InRange(road.Asked, goodAnswers + 1, Math.Min(Chunks, goodAnswers + Environment.ProcessorCount));
        await AssertWholeAsync(node, host);
    }

    [Fact]
    public async Task MaterializeFromAsync_NodeHasItNot_UsesItsOwnPacks()
    {
        await using var host = await StartAsync();
        await using var node = new NodeRuntime(_ => { });
        await node.ImportAsync(Model);
        using var http = new HttpClient();
        using var tier = TierOf(host, http);

        using var ours = await ((ModelStore)node.Runtime.Store).MaterializeFromAsync(Model.Name, tier, Cancellation);

        await AssertWholeAsync(node, host);
    }

    [Fact]
    public async Task MaterializeFromAsync_FilesOfAnotherFormat_TakesEachByItsName()
    {
        using var folder = new TemporaryDirectory();
        var path = folder.Combine("ein Modell #1 %2F é.bin");
        await File.WriteAllBytesAsync(path, SeededRandom.Bytes(7, 3 << 20), Cancellation);
        await using var host = await StartAsync();
        await host.Store.ImportAsync("plain", ModelSource.FromFile(path), null, Cancellation);
        (await host.Store.MaterializeAsync("plain", Cancellation)).Dispose();
        await using var node = new NodeRuntime(_ => { });
        await node.Runtime.Store.ImportAsync("plain", ModelSource.FromFile(path), null, Cancellation);
        using var road = new FaultyRoad();
        using var http = new HttpClient(road, disposeHandler: false);
        using var tier = TierOf(host, http);

        using var ours = await ((ModelStore)node.Runtime.Store).MaterializeFromAsync("plain", tier, Cancellation);

        Assert.Equal(ours.Manifest.Files.Sum(file => file.Chunks.Count), road.Asked);
        Assert.Equal(await File.ReadAllBytesAsync(path, Cancellation), await File.ReadAllBytesAsync(ours.Files.ModelPath, Cancellation));
    }

    [Fact]
    public async Task MaterializeFromAsync_Cancelled_SaysSo()
    {
        await using var host = await StartAsync();
        await using var node = new NodeRuntime(_ => { });
        await node.ImportAsync(Model);
        using var road = new FaultyRoad("silent");
        using var http = new HttpClient(road, disposeHandler: false);
        using var tier = TierOf(host, http);
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var laying = ((ModelStore)node.Runtime.Store).MaterializeFromAsync(Model.Name, tier, cancellation.Token).AsTask();
        while (road.Asked == 0)
        {
            await Task.Yield();
        }

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => laying);
    }

    private static async Task<ServingHost> StartAsync()
    {
        var host = await HotFileTests.StartAsync();
        await host.ImportAsync(Model);
        return host;
    }

    private static HttpNodeTier TierOf(ServingHost host, HttpClient http) => new("peer", new Uri(host.Client.BaseAddress!, "/edgeai/v1/store"), ReadKey, http);

    private static async Task AssertWholeAsync(NodeRuntime node, ServingHost host)
    {
        var report = await node.Runtime.Store.VerifyAsync(cancellationToken: Cancellation);
        Assert.True(report.IsHealthy, string.Join('\n', report.Problems));
        using var expected = await host.Store.MaterializeAsync(Model.Name, Cancellation);
        using var actual = await node.Runtime.Store.MaterializeAsync(Model.Name, Cancellation);
        Assert.Equal(await File.ReadAllBytesAsync(expected.Files.WeightsPath!, Cancellation), await File.ReadAllBytesAsync(actual.Files.WeightsPath!, Cancellation));
        await using var model = await node.Runtime.Engine.LoadAsync(Model.Name, Cancellation);
        using var outputs = await model.RunAsync(Model.CreateInputs(), Cancellation);
        Assert.NotEmpty(outputs);
    }
}
