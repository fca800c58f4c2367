using System.Diagnostics;
using EdgeAI.Configuration;
using EdgeAI.Models;
using EdgeAI.Storage.S3.Tests.Servers;
using EdgeAI.Testing;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using EdgeAI.Testing.Processes;

namespace EdgeAI.Storage.S3.Tests;

/// <summary>Two nodes with a real cluster behind them, whose processes are killed at any moment of an import, a transfer, a move between disks or a collection; others go on.</summary>
[Collection(nameof(CephCluster))]
public sealed class S3KillTests(CephCluster ceph) : IAsyncLifetime
{
    private const int LargeLength = 7 << 20;
    private const int MaxSteps = 6;
    private const int MaxMilliseconds = 60;

    private static readonly string[] Nodes = ["a", "b"];
    private static readonly TestModel[] Models = [TestModels.Add, TestModels.Mlp, TestModels.External, TestModels.MatMul, TestModels.FineTunedMatMul];

    private readonly TemporaryDirectory _folder = new();
    private readonly string _prefix = $"kills-{Guid.NewGuid():n}/";
    private readonly HashSet<string> _imported = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await ceph.StartAsync();
        foreach (var model in Models)
        {
            foreach (var (path, content) in model.Files)
            {
                _folder.WriteFile(Path.Combine("models", model.Name, path), content);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task AnyCall_KilledAnywhere_LosesNothingAndReadsNothingWrong()
    {
        var rounds = NightlyRun.Count(13, 160);
        var started = Stopwatch.GetTimestamp();
        for (var round = 0; round < rounds; round++)
        {
            await Task.WhenAll(Nodes.Select((node, i) => RunAndKillAsync(node, (NightlyRun.Seed * 100_000) + (round * Nodes.Length) + i)));
            if (round % 8 == 7)
            {
                foreach (var node in Nodes)
                {
                    await RequireSoundAsync(node);
                }
            }
        }

        await RequireAllOnTheClusterAsync();
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{rounds * Nodes.Length} processes killed, seed {NightlyRun.Seed}, {_imported.Count} versions imported, {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s");
    }

    private static byte[] LargeContent(int version)
    {
        var content = new byte[LargeLength];
        new Random(version).NextBytes(content);
        return content;
    }

    // The moment is so many steps on, and then so many milliseconds: in the midst of whatever it does by then.
    private async Task RunAndKillAsync(string node, int seed)
    {
        var random = new Random(seed);
        var (steps, milliseconds) = (random.Next(MaxSteps), random.Next(MaxMilliseconds));
        using var child = ChildProcess.Start(
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "EdgeAI.Testing.StoreProcess.dll"), "roam", _folder.Combine(node), PlaceOfCluster(), _folder.Combine("models"), node, $"{seed}"],
            null,
            ("DOTNET_EnableDiagnostics", "0"));
        for (var step = 0; step < steps;)
        {
            var line = await child.ReadLineAsync(Cancellation);
            if (line is null)
            {
                break;
            }

            step += line == "step" ? 1 : 0;
            Note(line);
        }

        await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), TimeProvider.System, Cancellation);
        child.Kill();
        var end = await child.WaitAsync(Cancellation);
        foreach (var line in end.Output.Split('\n'))
        {
            Note(line);
        }

        // One that ended by itself says why.
        Assert.True(end.Error.Length == 0, end.Error);
    }

    private void Note(string line)
    {
        if (line.StartsWith("imported ", StringComparison.Ordinal))
        {
            lock (_imported)
            {
                _imported.Add(line["imported ".Length..].Trim());
            }
        }
    }

    private async Task RequireSoundAsync(string node)
    {
        await using var store = Open(node);
        foreach (var model in await store.ListAsync(Cancellation))
        {
            await RequireContentAsync(store, model.Reference);
        }

        var report = await store.VerifyAsync(Cancellation);
        Assert.True(report.IsHealthy, string.Join(Environment.NewLine, report.Problems));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_folder.Combine(node) + ".warm", "staging")));
    }

    private async Task RequireAllOnTheClusterAsync()
    {
        foreach (var node in Nodes)
        {
            await using var store = Open(node);
            await store.FlushAsync(Cancellation);
            await RequireSoundAsync(node);
        }

        await using var fresh = Open("fresh");
        foreach (var reference in _imported)
        {
            await fresh.PullAsync(reference, cancellationToken: Cancellation);
            await RequireContentAsync(fresh, reference);
        }

        Assert.True(_imported.Count >= Models.Length, $"Only {_imported.Count} were imported.");
    }

    private static async Task RequireContentAsync(ModelStore store, ModelReference reference)
    {
        var name = reference.Name.Split('/')[1];
        var files = name.StartsWith("large-", StringComparison.Ordinal)
            ? [new(string.Empty, LargeContent(int.Parse(name["large-".Length..], System.Globalization.CultureInfo.InvariantCulture)))]
            : TestModels.Get(name).Files;
        foreach (var (path, content) in files)
        {
            await using var stream = await store.OpenAsync(reference, path.Length == 0 ? null : path, Cancellation);
            using var read = new MemoryStream();
            await stream.CopyToAsync(read, Cancellation);
            Assert.True(read.ToArray().AsSpan().SequenceEqual(content), $"{reference} {path} is not what was imported.");
        }
    }

    private string PlaceOfCluster()
    {
        var options = ceph.Options(_prefix);
        return string.Join(',', options.Endpoints.Select(endpoint => endpoint.ToString()).Concat([options.Bucket, options.Prefix, options.AccessKey!, options.SecretKey!]));
    }

    private ModelStore Open(string node)
    {
        var options = new StorageOptions();
        (options.Tiers.Hot.Directory, options.Tiers.Warm.Directory, options.Tiers.Cold.Directory) = (_folder.Combine(node + ".hot"), _folder.Combine(node + ".warm"), _folder.Combine(node + ".cold"));
        return ModelStore.Open(_folder.Combine(node), options, clusters: [new StorageCluster("primary", new S3Tier("primary", ceph.Options(_prefix)))]);
    }
}
