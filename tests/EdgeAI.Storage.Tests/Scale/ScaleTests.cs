using System.Text.Json.Nodes;
using EdgeAI.Models;
using EdgeAI.Storage.Tests.Importing.Fuzzing;
using EdgeAI.Storage.Tests.Updates;
using EdgeAI.Testing;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Safetensors;
using Microsoft.Data.Sqlite;

namespace EdgeAI.Storage.Tests.Scale;

/// <summary>Many models, and large ones.</summary>
[Collection(nameof(MeasuredMemory))]
public sealed class ScaleTests : IDisposable
{
    private const long Gibibyte = 1L << 30;
    private const long BytesOfIndexPerModel = 2048;

    // SQLite's log stays as long as it has been.
    private const long FreeIndex = 8 << 20;
    private const long MaxMemory = 512L << 20;

    // Names in scripts of one and of two bytes, to the left and to the right, with marks and beyond the first plane.
    private static readonly string[] Scripts = ["model", "модель", "模型", "モデル", "모델", "نموذج", "דגם", "μοντέλο", "मॉडल", "โมเดล", "𐐷𐐲𐑌"];

    private readonly TestStore _test = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _test.Dispose();
    }

    // The processor's time, which other programs don't lengthen. The first quarter compiles the code as well.
    [Fact]
    public async Task ImportAsync_ManySmallModels_TakesAsMuchForTheLastAsForTheFirst()
    {
        var count = NightlyRun.Count(always: 200, nightly: 100_000);
        var quarters = new List<double>();
        for (var quarter = 0; quarter < 4; quarter++)
        {
            var before = Environment.CpuUsage.TotalTime;
            for (var i = quarter * count / 4; i < (quarter + 1) * count / 4; i++)
            {
                await _test.Store.ImportAsync(NameOf(i), ModelSource.FromMemory(ContentOf(i), "small.bin"), null, Cancellation);
            }

            quarters.Add((Environment.CpuUsage.TotalTime - before).TotalMilliseconds * 4 / count);
            TestContext.Current.TestOutputHelper!.WriteLine($"{(quarter + 1) * count / 4} models: {quarters[^1]:F1} ms of the processor each, index {IndexLength() >> 10} KiB");
        }

        Assert.True(quarters[^1] < 2 * quarters[0], $"{quarters[^1]:F1} ms a model, where the first took {quarters[0]:F1}");
        Assert.InRange(IndexLength(), 1, (count * BytesOfIndexPerModel) + FreeIndex);
        Assert.Equal(count, (await _test.Store.ListAsync(Cancellation)).Count);
        _test.Reopen();
        foreach (var i in new[] { 0, 1, count / 2, count - 1 })
        {
            await using var stream = await _test.Store.OpenAsync(NameOf(i), null, Cancellation);
            Assert.Equal(ContentOf(i), await TestStore.ReadAsync(stream));
        }
    }

    [Fact]
    public async Task ImportAsync_ModelOfManyGibibytes_IsReadAtAnyOffsetInBoundedMemory()
    {
        var length = NightlyRun.Count(always: 4, nightly: 20) * Gibibyte;
        using var model = new MadeModel((length + (64 << 20)) / sizeof(float));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var peak = new PeakMemory();

        var result = await _test.Store.ImportAsync("large:1", ModelSource.FromStream(model, "large.safetensors"), peak, Cancellation);

        Assert.Equal(model.Length, result.Model.Length);
        Assert.InRange(result.StoredBytes, 1, 1 << 20);
        Assert.InRange(peak.Bytes - before, long.MinValue, MaxMemory);
        using var same = new MadeModel((length + (64 << 20)) / sizeof(float));
        await using var stream = await _test.Store.OpenAsync("large:1", null, Cancellation);
        for (long place = 0; place < model.Length; place += MadeModel.MarkedEvery)
        {
            await RequireSameAsync(same, stream, Math.Max(0, place - 100));
        }

        await RequireSameAsync(same, stream, model.Length - 300);
    }

    // A few megabytes that name one chunk so often that the file has 64 GiB: they are taken for what they are, and not a byte of it is made before it is read.
    [Fact]
    public async Task ImportArchiveAsync_ManifestThatNamesOneChunkForever_TakesWhatTheChunkTakes()
    {
        const int Elements = 1 << 18;
        const int Times = 1 << 16;
        using var other = new TestStore();
        var zeros = new SafetensorsBuilder().Tensor("w", "F32", new byte[sizeof(float) * Elements], Elements).Build();
        await other.Store.ImportAsync("zeros:1", ModelSource.FromMemory(zeros, "zeros.safetensors"), null, Cancellation);
        using var written = new MemoryStream();
        await other.Store.ExportArchiveAsync("zeros:1", written, null, Cancellation);
        var archive = new ArchiveBytes(written.ToArray());
        var file = archive.Manifest["files"]![0]!.AsObject();
        var chunk = file["chunks"]![0]!;
        file["chunks"] = new JsonArray([.. Enumerable.Range(0, Times).Select(_ => chunk.DeepClone())]);
        file["gaps"] = new JsonArray();
        file["tensors"] = new JsonArray();
        file["length"] = 64 * Gibibyte;

        using var source = new MemoryStream(archive.Build());
        var result = await _test.Store.ImportArchiveAsync(source, null, Cancellation);

        Assert.Equal(64 * Gibibyte, result.Model.Length);
        Assert.InRange(Directory.EnumerateFiles(_test.Directory, "*", SearchOption.AllDirectories).Sum(path => new FileInfo(path).Length), 1, 64 << 20);
        await using var stream = await _test.Store.OpenAsync("zeros:1", null, Cancellation);
        stream.Position = stream.Length - 10;
        Assert.Equal(new byte[10], await TestStore.ReadAsync(stream));
    }

    [Fact]
    public async Task ImportAsync_NamesInAnyScript_AreListedFoundAndRemoved()
    {
        foreach (var script in Scripts)
        {
            await _test.ImportAsync($"{script}/{script}:{script}", TestModels.Add);
        }

        await _test.Store.RebuildIndexAsync(Cancellation);
        _test.Reopen();

        foreach (var script in Scripts)
        {
            await _test.RequireContentAsync($"{script}/{script}:{script}", TestModels.Add);
            Assert.True(await _test.Store.RemoveAsync($"{script}/{script}:{script}", Cancellation));
        }

        await _test.Store.CollectGarbageAsync(Cancellation);
        Assert.Empty(_test.Objects());
    }

    private static string NameOf(int i) => $"{Scripts[i % Scripts.Length]}/{i}:1";

    private static byte[] ContentOf(int i)
    {
        var content = new byte[200 + (i % 100)];
        new Random(i).NextBytes(content);
        return content;
    }

    private static async Task RequireSameAsync(Stream expected, Stream actual, long place)
    {
        var (right, found) = (new byte[300], new byte[300]);
        expected.Position = actual.Position = place;
        await expected.ReadExactlyAsync(right, Cancellation);
        await actual.ReadExactlyAsync(found, Cancellation);
        Assert.Equal(right, found);
    }

    private long IndexLength() => new FileInfo(_test.IndexPath).Length + (File.Exists(_test.IndexPath + "-wal") ? new FileInfo(_test.IndexPath + "-wal").Length : 0);

    private sealed class PeakMemory : IProgress<ImportProgress>
    {
        private int _reports;

        public long Bytes { get; private set; }

        public void Report(ImportProgress value)
        {
            if (_reports++ % 64 == 0)
            {
                Bytes = Math.Max(Bytes, GC.GetTotalMemory(forceFullCollection: false));
            }
        }
    }
}
