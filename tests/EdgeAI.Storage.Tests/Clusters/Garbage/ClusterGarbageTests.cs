using System.ComponentModel.DataAnnotations;
using EdgeAI.Models;
using EdgeAI.Storage.Tests.Placement;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;

namespace EdgeAI.Storage.Tests.Clusters.Garbage;

/// <summary>Collections on a cluster that several machines share: what is needed stays, whatever happens when.</summary>
public sealed class ClusterGarbageTests : IDisposable
{
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);
    private static readonly ClusterCollectionOptions AtOnce = new() { Retention = TimeSpan.Zero };

    private readonly TemporaryDirectory _folder = new();
    private readonly List<IDisposable> _opened = [];
    private readonly TestCluster _cluster;
    private readonly OffsetTime _time = new();
    private readonly ModelStore _origin;

    public ClusterGarbageTests()
    {
        _cluster = new TestCluster("primary", _folder.CreateDirectory("cluster"));
        _origin = Open("origin", _cluster);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        foreach (var store in _opened.OfType<ModelStore>())
        {
            store.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        _cluster.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task CollectClusterGarbageAsync_VersionThatNoTagNames_GoesWhenItsTimeIsOver()
    {
        var old = await MakeGarbageAsync();
        var objects = ListObjects();

        var first = await _origin.CollectClusterGarbageAsync(null, null, Cancellation);
        _time.Offset += Week;
        var second = await _origin.CollectClusterGarbageAsync("primary", null, Cancellation);

        Assert.Equal(("primary", objects.Length, 3, 0, 0), (first.Cluster, first.Objects, first.Garbage, first.Deleted, second.Deleted));
        Assert.Equal(objects, ListObjects());
        _time.Offset += Week;
        var third = await _origin.CollectClusterGarbageAsync(null, null, Cancellation);
        Assert.Equal((first.Garbage, first.GarbageBytes), (third.Deleted, third.BytesDeleted));
        Assert.DoesNotContain(ListObjects(), key => key.StartsWith("manifests/" + old.Hex, StringComparison.Ordinal) || key.StartsWith("plans/" + old.Hex, StringComparison.Ordinal));
        Assert.Equal(objects.Length - 3, ListObjects().Length);
        Assert.Equal(0, (await _origin.CollectClusterGarbageAsync(null, null, Cancellation)).Garbage);
        await RequirePullAsync("model:1", TestModels.Mlp);
    }

    [Fact]
    public async Task CollectClusterGarbageAsync_DryRun_ChangesNothing()
    {
        await MakeGarbageAsync();
        var before = Directory.GetFiles(_cluster.Folder, "*", SearchOption.AllDirectories).Order();

        var report = await _origin.CollectClusterGarbageAsync(null, AtOnce with { IsDryRun = true }, Cancellation);

        Assert.Equal((3, 0), (report.Garbage, report.Deleted));
        Assert.Equal(before, Directory.GetFiles(_cluster.Folder, "*", SearchOption.AllDirectories).Order());
    }

    [Fact]
    public async Task CollectClusterGarbageAsync_WhatADeadSenderLeft_GoesAndWhatIsNoStoresStays()
    {
        await MakeGarbageAsync();
        var left = "packs/" + new string('a', 64) + ".pack";
        await PutAsync(left);
        await PutAsync("packs/readme.txt");
        await PutAsync("other/thing");

        await CollectAsync(2);

        Assert.DoesNotContain(left, ListObjects());
        Assert.Contains("packs/readme.txt", ListObjects());
        Assert.Contains("other/thing", ListObjects());
    }

    [Fact]
    public async Task ImportAsync_CountsOnWhatIsCondemned_TakesItOffTheList()
    {
        await MakeGarbageAsync();
        await _origin.CollectClusterGarbageAsync(null, AtOnce, Cancellation);
        var sender = Open("sender", _cluster);
        var written = _cluster.BytesWritten;
        await ImportAsync(sender, "other:1", TestModels.MatMul);
        await sender.FlushAsync(Cancellation);
        Assert.InRange(_cluster.BytesWritten - written, 0, 1);

        await CollectAsync(2);

        await RequirePullAsync("other:1", TestModels.MatMul);
        await RequirePullAsync("model:1", TestModels.Mlp);
    }

    // The collector has read all names when the sender comes, and changes its lists when it has gone.
    [Theory]
    [InlineData("names/")]
    [InlineData("plans/")]
    [InlineData("gc/condemned-")]
    public async Task ImportAsync_BetweenMarkAndSweep_KeepsWhatItCountsOn(string moment)
    {
        await MakeGarbageAsync();
        var sender = Open("sender", new TestCluster("primary", _cluster.Folder));
        await ImportAsync(sender, "other:0", TestModels.Add);
        await sender.FlushAsync(Cancellation);
        await _origin.CollectClusterGarbageAsync(null, AtOnce, Cancellation);
        var passed = new HashSet<string>();
        var isDone = false;
        _cluster.Before = async (key, _) =>
        {
            passed.Add(key);
            if (!isDone && key.StartsWith(moment, StringComparison.Ordinal) && passed.Contains("names/") && (moment != "gc/condemned-" || passed.Any(name => name.StartsWith("manifests/", StringComparison.Ordinal) && name.Length > 20)))
            {
                isDone = true;
                await ImportAsync(sender, "other:1", TestModels.MatMul);
                await sender.FlushAsync(Cancellation);
            }
        };

        await _origin.CollectClusterGarbageAsync(null, AtOnce, Cancellation);

        Assert.True(isDone);
        _cluster.IsDown = false;
        await RequirePullAsync("other:1", TestModels.MatMul);
        await CollectAsync(3);
        await RequirePullAsync("other:1", TestModels.MatMul);
    }

    // From where all is doomed: the sender can't know how far the deleting is, waits for its end, and sends again.
    [Fact]
    public async Task ImportAsync_CountsOnWhatADeadCollectorWasDeleting_SendsItAgain()
    {
        var old = await MakeGarbageAsync();
        await _origin.CollectClusterGarbageAsync(null, AtOnce, Cancellation);
        _cluster.Before = (key, _) =>
        {
            if (key.StartsWith("plans/" + old.Hex, StringComparison.Ordinal))
            {
                _cluster.IsDown = true;
                throw new IOException("The collector died.");
            }

            return default;
        };
        await Assert.ThrowsAsync<ClusterUnavailableException>(async () => await _origin.CollectClusterGarbageAsync(null, AtOnce, Cancellation));
        _cluster.IsDown = false;
        var sender = Open("sender", _cluster);
        await ImportAsync(sender, "other:1", TestModels.MatMul);

        // It may be alive for as long as its lease lasts.
        await Assert.ThrowsAsync<ClusterUnavailableException>(async () => await sender.FlushAsync(Cancellation));
        Assert.True((await _origin.CollectClusterGarbageAsync(null, AtOnce, Cancellation)).IsBusy);
        _time.Offset += TimeSpan.FromMinutes(16);
        await sender.FlushAsync(Cancellation);

        await RequirePullAsync("other:1", TestModels.MatMul);
        await CollectAsync(3);
        await RequirePullAsync("other:1", TestModels.MatMul);
    }

    // Nothing of it is on a list any more when the sender looks there.
    [Fact]
    public async Task ImportAsync_CollectionPassesWhileItSends_SendsAgainWhatIsGone()
    {
        var old = await MakeGarbageAsync();
        await _origin.CollectClusterGarbageAsync(null, AtOnce, Cancellation);
        var sender = Open("sender", _cluster);
        var collector = Open("collector", new TestCluster("primary", _cluster.Folder));
        var isDone = false;
        _cluster.Before = async (key, _) =>
        {
            if (!isDone && key == $"manifests/{old.Hex}.json")
            {
                isDone = true;
                Assert.True((await collector.CollectClusterGarbageAsync(null, AtOnce, Cancellation)).Deleted > 0);
            }
        };
        await ImportAsync(sender, "other:1", TestModels.MatMul);

        await sender.FlushAsync(Cancellation);

        Assert.True(isDone);
        _cluster.IsDown = false;
        await RequirePullAsync("other:1", TestModels.MatMul);
    }

    [Fact]
    public async Task PullAsync_VersionIsCondemnedMeanwhile_EndsWell()
    {
        await ImportAsync(_origin, "model:1", TestModels.MatMul);
        await _origin.FlushAsync(Cancellation);
        var puller = Open("puller", _cluster);
        var isDone = false;
        _cluster.Before = async (key, _) =>
        {
            if (!isDone && key.StartsWith("packs/", StringComparison.Ordinal))
            {
                isDone = true;
                var other = Open("other", new TestCluster("primary", _cluster.Folder));
                await other.PullAsync("model:1", cancellationToken: Cancellation);
                await ImportAsync(other, "model:1", TestModels.Mlp);
                await other.FlushAsync(Cancellation);
                Assert.Equal(3, (await other.CollectClusterGarbageAsync(null, null, Cancellation)).Garbage);
                _time.Offset += Week;
                Assert.Equal(0, (await other.CollectClusterGarbageAsync(null, null, Cancellation)).Deleted);
            }
        };

        await puller.PullAsync("model:1", cancellationToken: Cancellation);

        Assert.True(isDone);
        await RequireContentAsync(puller, "model:1", TestModels.MatMul);
    }

    [Fact]
    public async Task CollectClusterGarbageAsync_TwoAtOnce_OneWorks()
    {
        await MakeGarbageAsync();
        var other = Open("other", new TestCluster("primary", _cluster.Folder));
        ClusterCollectionReport? second = null;
        _cluster.Before = async (key, _) => second ??= key == "names/" ? await other.CollectClusterGarbageAsync(null, AtOnce, Cancellation) : null;

        var first = await _origin.CollectClusterGarbageAsync(null, AtOnce, Cancellation);

        Assert.Equal((false, true), (first.IsBusy, second!.IsBusy));
        Assert.False((await other.CollectClusterGarbageAsync(null, AtOnce, Cancellation)).IsBusy);
    }

    [Fact]
    public async Task CollectClusterGarbageAsync_ClockJumps_DeletesNothingEarly()
    {
        await MakeGarbageAsync();
        var deleted = 0;
        foreach (var jump in new[] { 0, 400, -800, 1, 400 })
        {
            Assert.Equal(0, deleted);
            _time.Offset += TimeSpan.FromDays(jump);
            deleted += (await _origin.CollectClusterGarbageAsync(null, null, Cancellation)).Deleted;
        }

        Assert.Equal(3, deleted);
        await RequirePullAsync("model:1", TestModels.Mlp);
    }

    [Fact]
    public async Task CollectClusterGarbageAsync_LeaseOfAClockThatWasSetBack_KeepsNobodyAway()
    {
        await MakeGarbageAsync();
        _time.Offset = TimeSpan.FromDays(400);
        _cluster.Before = (key, _) =>
        {
            if (key == "names/")
            {
                _cluster.IsDown = true;
                throw new IOException("The collector died.");
            }

            return default;
        };
        await Assert.ThrowsAsync<ClusterUnavailableException>(async () => await _origin.CollectClusterGarbageAsync(null, null, Cancellation));
        _cluster.IsDown = false;
        Assert.True((await _origin.CollectClusterGarbageAsync(null, null, Cancellation)).IsBusy);

        _time.Offset = TimeSpan.Zero;

        Assert.False((await _origin.CollectClusterGarbageAsync(null, null, Cancellation)).IsBusy);
    }

    [Theory]
    [InlineData("manifests")]
    [InlineData("names")]
    public async Task CollectClusterGarbageAsync_DamageInWhatIsNamed_DeletesNothingAndSaysWhy(string folder)
    {
        var old = await MakeGarbageAsync();
        await _origin.CollectClusterGarbageAsync(null, AtOnce, Cancellation);
        var path = Directory.EnumerateFiles(Path.Combine(_cluster.Folder, folder)).Single(file => !file.Contains(old.Hex, StringComparison.Ordinal));
        File.SetAttributes(path, FileAttributes.Normal);
        TestStore.Flip(path, 20);
        var before = ListObjects();

        var report = await _origin.CollectClusterGarbageAsync(null, AtOnce, Cancellation);

        Assert.Contains(folder, Assert.Single(report.Problems), StringComparison.Ordinal);
        Assert.Equal((0, 0), (report.Garbage, report.Deleted));
        Assert.Equal(before, ListObjects());
    }

    [Fact]
    public async Task CollectClusterGarbageAsync_PlanIsMissing_KeepsWhatTheIndexesOfPacksSay()
    {
        var old = await MakeGarbageAsync();
        await ImportAsync(_origin, "tuned:1", TestModels.FineTunedMatMul);
        await _origin.FlushAsync(Cancellation);
        foreach (var plan in Directory.EnumerateFiles(Path.Combine(_cluster.Folder, "plans")))
        {
            File.Delete(plan);
        }

        await CollectAsync(3);

        Assert.DoesNotContain(ListObjects(), key => key == $"manifests/{old.Hex}.json");
        await RequirePullAsync("model:1", TestModels.Mlp);
        await RequirePullAsync("tuned:1", TestModels.FineTunedMatMul);
    }

    [Fact]
    public async Task MaintainAsync_ClustersAskedFor_CollectsThere()
    {
        await MakeGarbageAsync();

        var report = await _origin.MaintainAsync(new MaintenanceOptions { Scrub = null, Clusters = AtOnce }, Cancellation);

        Assert.Equal(3, Assert.Single(report.Clusters).Garbage);
    }

    [Fact]
    public async Task CollectClusterGarbageAsync_WrongArguments_AreRefused()
    {
        await Assert.ThrowsAsync<ArgumentException>(async () => await _origin.CollectClusterGarbageAsync("none", null, Cancellation));
        await Assert.ThrowsAsync<ValidationException>(async () => await _origin.CollectClusterGarbageAsync(null, new ClusterCollectionOptions { Retention = TimeSpan.FromDays(-1) }, Cancellation));
    }

    // A version whose tag has moved on: its manifest, its plan and its pack.
    private async Task<Digest> MakeGarbageAsync()
    {
        await ImportAsync(_origin, "model:1", TestModels.MatMul);
        await _origin.FlushAsync(Cancellation);
        var old = (await _origin.FindAsync("model:1", Cancellation))!.Digest;
        await ImportAsync(_origin, "model:1", TestModels.Mlp);
        await _origin.FlushAsync(Cancellation);
        return old;
    }

    private async Task CollectAsync(int times)
    {
        for (var i = 0; i < times; i++)
        {
            Assert.Empty((await _origin.CollectClusterGarbageAsync(null, AtOnce, Cancellation)).Problems);
        }
    }

    private ModelStore Open(string name, TestCluster cluster)
    {
        var store = ModelStore.Open(_folder.Combine(name), time: _time, clusters: [cluster.AsCluster()]);
        _opened.Add(store);
        return store;
    }

    private static async Task ImportAsync(ModelStore store, ModelReference reference, TestModel model)
    {
        using var source = new TemporaryDirectory();
        await store.ImportAsync(reference, ModelSource.FromFile(model.Save(source)), null, Cancellation);
    }

    private async Task RequirePullAsync(ModelReference reference, TestModel model)
    {
        var node = Open($"node-{_opened.Count}", new TestCluster("primary", _cluster.Folder));
        await node.PullAsync(reference, cancellationToken: Cancellation);
        await RequireContentAsync(node, reference, model);
        Assert.True((await node.VerifyAsync(Cancellation)).IsHealthy);
    }

    private static async Task RequireContentAsync(ModelStore store, ModelReference reference, TestModel model)
    {
        foreach (var (path, content) in model.Files)
        {
            await using var stream = await store.OpenAsync(reference, path, Cancellation);
            Assert.Equal(content, await TestStore.ReadAsync(stream));
        }
    }

    private async Task PutAsync(string key)
    {
        using var content = new MemoryStream([1, 2, 3]);
        await _cluster.PutAsync(key, content, Cancellation);
    }

    private string[] ListObjects() =>
    [
        .. Directory.EnumerateFiles(_cluster.Folder, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(_cluster.Folder, path).Replace('\\', '/'))
            .Where(key => !key.StartsWith("gc/", StringComparison.Ordinal) && !key.StartsWith("names/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];
}
