using System.Globalization;
using EdgeAI.Models;
using EdgeAI.Testing;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using EdgeAI.Testing.Processes;
using EdgeAI.Testing.Safetensors;

namespace EdgeAI.Storage.Tests.Clusters;

/// <summary>Processes that send to a cluster and pull from it, beside each other, and die in the midst of it.</summary>
public sealed class ProcessClusterTests : IDisposable
{
    private const int MaxSteps = 10;
    private const int Kills = 6;
    private const int Reports = 9;
    private const long Mebi = 1 << 20;

    private static readonly TestModel[] Models = [TestModels.Add, TestModels.Mlp, TestModels.External, TestModels.MatMul, TestModels.FineTunedMatMul];

    private readonly TemporaryDirectory _folder = new();
    private readonly TestCluster _cluster;
    private readonly TestStore _test;

    public ProcessClusterTests()
    {
        _cluster = new TestCluster("primary", _folder.CreateDirectory("cluster", "objects"));
        _test = new TestStore(_folder.Combine("store"), _cluster.AsCluster());
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string ClusterStore => _folder.Combine("cluster");

    public void Dispose()
    {
        _test.Dispose();
        _cluster.Dispose();
        _folder.Dispose();
    }

    // Import, sending, pull, removal and collection: thirty kills, and a thousand at night.
    [Fact]
    public async Task ImportSendAndPull_KilledAnywhere_LoseNothingThatWasImported()
    {
        var imported = await RunAndKillAsync(NightlyRun.Count(30, 1000), (_, _) => 0);

        Assert.Equal(Models.Length, imported.Count);
    }

    // What a crash leaves differs from one write to the next: each kill is right behind one, of the store or of the cluster.
    [Fact]
    public async Task ImportSendAndPull_KilledBehindAnyWrite_LoseNothingThatWasImported() =>
        Assert.NotEmpty(await RunAndKillAsync(NightlyRun.Count(15, 500), (random, kill) => 1 + random.Next(5 * (kill + 5))));

    // Until a process has done its steps, or died at the flush that was chosen for it.
    private async Task<HashSet<string>> RunAndKillAsync(int kills, Func<Random, int, int> chooseFlush)
    {
        foreach (var model in Models)
        {
            foreach (var (path, content) in model.Files)
            {
                _folder.WriteFile(Path.Combine("models", model.Name, path), content);
            }
        }

        var imported = new HashSet<string>();
        var random = new Random(NightlyRun.Seed);
        for (var kill = 0; kill < kills; kill++)
        {
            await RunAndKillAsync(kill, chooseFlush(random, kill % MaxSteps), imported);
            if (kill % 10 == 9)
            {
                _test.Reopen();
                await RequireSoundAsync();
            }
        }

        await _test.Store.FlushAsync(Cancellation);
        using var node = new TestStore(null, _cluster.AsCluster());
        foreach (var name in imported)
        {
            await node.Store.PullAsync(name + ":1", cancellationToken: Cancellation);
            await node.RequireContentAsync(name + ":1", TestModels.Get(name));
        }

        await node.RequireHealthyAsync();
        return imported;
    }

    [Fact]
    public async Task PullAsync_KilledAnywhere_FetchesNoVerifiedByteAgain()
    {
        await PublishAsync(24 * Mebi);
        using var node = new TestStore();
        var done = 0L;
        for (var kill = 0; kill < Kills; kill++)
        {
            using var child = await StoreProcesses.StartPullAsync(node.Directory, ClusterStore, "model:1", Reports);
            child.WriteLine("go");
            for (var report = 1; report <= Reports; report++)
            {
                var words = (await child.ReadLineAsync(Cancellation))!.Split(' ');
                Assert.Equal("at", words[0]);
                done += report == Reports ? long.Parse(words[1], CultureInfo.InvariantCulture) : 0;
            }

            child.Kill();
            await child.WaitAsync(Cancellation);
        }

        using var last = new TestStore(node.Directory, _cluster.AsCluster());
        var before = _cluster.BytesRead;
        var result = await last.Store.PullAsync("model:1", cancellationToken: Cancellation);

        Assert.InRange(done, 4 * Mebi, 23 * Mebi);
        Assert.InRange(result.BytesResumed, done, 25 * Mebi);
        Assert.InRange(_cluster.BytesRead - before, 0, (25 * Mebi) - result.BytesResumed);
        await last.RequireHealthyAsync();
    }

    [Fact]
    public async Task PullAsync_TwoProcessesAtOnce_MoveTheBytesOnce()
    {
        await PublishAsync(24 * Mebi);
        using var node = new TestStore();
        using var first = await StoreProcesses.StartPullAsync(node.Directory, ClusterStore, "model:1");
        using var second = await StoreProcesses.StartPullAsync(node.Directory, ClusterStore, "model:1");
        first.WriteLine("go");
        second.WriteLine("go");

        var moved = await Task.WhenAll(ReadMovedAsync(first), ReadMovedAsync(second));

        Assert.InRange(moved.Min(), 1, 10_000);
        Assert.InRange(moved.Max(), 24 * Mebi, 25 * Mebi);
        await node.RequireHealthyAsync();
    }

    [Fact]
    public async Task PullAsync_LargeModel_TakesBoundedMemory()
    {
        await PublishAsync(NightlyRun.Count(320, 1024) * Mebi);
        using var node = new TestStore();
        using var child = await StoreProcesses.StartPullAsync(node.Directory, ClusterStore, "model:1");
        child.WriteLine("go");
        await ReadMovedAsync(child);

        var peak = (await child.ReadLineAsync(Cancellation))!.Split(' ');

        Assert.Equal("peak", peak[0]);
        Assert.InRange(long.Parse(peak[1], CultureInfo.InvariantCulture), 1, 256 * Mebi);
    }

    private static async Task<long> ReadMovedAsync(ChildProcess child)
    {
        while (await child.ReadLineAsync(Cancellation) is { } line)
        {
            if (line.StartsWith("done ", StringComparison.Ordinal))
            {
                return long.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
            }
        }

        throw new InvalidOperationException((await child.WaitAsync(Cancellation)).Error);
    }

    private async Task RunAndKillAsync(int kill, int flush, HashSet<string> imported)
    {
        using var child = StoreProcesses.StartExchange(_test.Directory, ClusterStore, _folder.Combine("models"), (NightlyRun.Seed * 100_000) + kill, flush);
        for (var step = 0; flush > 0 || step <= kill % MaxSteps;)
        {
            var line = await child.ReadLineAsync(Cancellation);
            if (line?.Split(' ') is ["imported", var name, _])
            {
                imported.Add(name);
            }

            // One that ended by itself says why, below.
            if (line is null)
            {
                break;
            }

            step += line == "step" ? 1 : 0;
        }

        child.Kill();
        var error = (await child.WaitAsync(Cancellation)).Error;
        Assert.True(error.Length == 0, error);
    }

    private async Task RequireSoundAsync()
    {
        foreach (var model in await _test.Store.ListAsync(Cancellation))
        {
            await _test.RequireContentAsync(model.Reference, TestModels.Get(model.Reference.Name));
        }

        await _test.RequireHealthyAsync();
    }

    private async Task PublishAsync(long length)
    {
        var path = _folder.WriteFile("model.safetensors", new SafetensorsBuilder().Tensor("w", "U8", SeededRandom.Bytes(5, (int)length), length).Build());
        await _test.Store.ImportAsync("model:1", ModelSource.FromFile(path), cancellationToken: Cancellation);
        await _test.Store.FlushAsync(Cancellation);
    }
}
