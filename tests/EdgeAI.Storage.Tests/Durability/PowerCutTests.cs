using System.Security.Cryptography;
using EdgeAI.Models;
using EdgeAI.Testing;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using EdgeAI.Trust;
using Microsoft.Data.Sqlite;

namespace EdgeAI.Storage.Tests.Durability;

/// <summary>A store on a disk that loses, tears and reorders what was not flushed: what a call had returned is there, whole, whatever is left of the rest.</summary>
public sealed class PowerCutTests
{
    private const int Steps = 40;

    // One flush in so many ends in a power cut; the work goes on after it, as if it had not happened, and what the cut left is looked at afterwards.
    private const int Rarity = 4;

    private static readonly TestModel[] Models =
        [TestModels.Add, TestModels.Mlp, TestModels.External, TestModels.Get("external-two-files"), TestModels.AddOne];

    private readonly Dictionary<ModelReference, TestModel> _stored = [];
    private readonly List<(CutDisk Disk, Dictionary<ModelReference, TestModel> Stored, ModelReference? Moving, bool LosesIndex)> _cuts = [];
    private readonly Dictionary<string, byte[]> _archives = [];
    private ModelReference? _moving;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AnyCall_PowerCutAnywhere_KeepsWhatHadReturned()
    {
        using var signer = new TestSigner();
        var checkedCuts = 0;
        for (var run = 0; run < NightlyRun.Count(always: 3, nightly: 100); run++)
        {
            _stored.Clear();
            _cuts.Clear();
            await WorkAsync(new Random((NightlyRun.Seed * 1000) + run), signer.Signer);
            foreach (var (disk, stored, moving, losesIndex) in _cuts)
            {
                await RequireKeptAsync(disk, stored, moving, losesIndex, $"seed {NightlyRun.Seed}, run {run}, cut {checkedCuts}");
                checkedCuts++;
            }
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{checkedCuts} power cuts");
        Assert.True(checkedCuts > 50, $"{checkedCuts} power cuts");
    }

    private async Task WorkAsync(Random random, IModelSigner signer)
    {
        using var folder = new TemporaryDirectory();
        using var sources = new TemporaryDirectory();
        using var disk = new FragileDisk(
            folder.Path,
            new Random(random.Next()),
            () => random.Next(Rarity) == 0,
            left => _cuts.Add((left, new(_stored), _moving, random.Next(4) == 0)));
        var store = ModelStore.Open(folder.Combine("store"));
        for (var step = 0; step < Steps; step++)
        {
            var model = Models[random.Next(Models.Length)];
            var reference = ModelReference.Parse($"{model.Name}:{random.Next(2)}");
            _moving = reference;
            switch (random.Next(14))
            {
                case 0 or 1:
                    await store.RemoveAsync(reference, Cancellation);
                    _stored.Remove(reference);
                    break;
                case 2:
                    await store.CollectGarbageAsync(Cancellation);
                    break;
                case 3:
                    await store.RebuildIndexAsync(Cancellation);
                    break;
                case 4 or 5 when _stored.ContainsKey(reference):
                    (await store.MaterializeAsync(reference, Cancellation)).Dispose();
                    break;
                case 6 when _stored.ContainsKey(reference):
                    await store.SignAsync(reference, signer, Cancellation);
                    break;
                case 7 or 8:
                    using (var archive = new MemoryStream(await ArchiveAsync(model)))
                    {
                        await store.ImportArchiveAsync(archive, reference, Cancellation);
                    }

                    _stored[reference] = model;
                    break;
                case 9:
                    store = ModelStore.Open(folder.Combine("store"));
                    break;
                default:
                    // Another model under the name, at times: names move.
                    var other = random.Next(4) == 0 ? Models[random.Next(Models.Length)] : model;
                    await store.ImportAsync(reference, ModelSource.FromFile(Save(sources, other)), null, Cancellation);
                    _stored[reference] = other;
                    break;
            }

            _moving = null;
        }

        SqliteConnection.ClearAllPools();
    }

    private static string Save(TemporaryDirectory folder, TestModel model)
    {
        foreach (var (path, content) in model.Files)
        {
            folder.WriteFile(Path.Combine(model.Name, path), content);
        }

        return folder.Combine(model.Name, model.FileName);
    }

    private async Task<byte[]> ArchiveAsync(TestModel model)
    {
        if (!_archives.TryGetValue(model.Name, out var archive))
        {
            using var other = new TestStore();
            await other.ImportAsync(model.Name + ":1", model);
            using var written = new MemoryStream();
            await other.Store.ExportArchiveAsync(model.Name + ":1", written, null, Cancellation);
            _archives[model.Name] = archive = written.ToArray();
        }

        return archive;
    }

    private static async Task RequireKeptAsync(CutDisk disk, Dictionary<ModelReference, TestModel> stored, ModelReference? moving, bool losesIndex, string where)
    {
        using var folder = new TemporaryDirectory();
        disk.Restore(folder.Path);
        var path = folder.CreateDirectory("store");
        foreach (var file in losesIndex ? Directory.GetFiles(path, "index-*") : [])
        {
            File.Delete(file);
        }

        using var test = new TestStore(path);
        var found = (await test.Store.ListAsync(Cancellation)).Select(model => model.Reference).ToHashSet();
        foreach (var (reference, model) in stored.Where(model => model.Key != moving))
        {
            Assert.True(found.Contains(reference), $"{reference} is lost: {where}");
            await test.RequireContentAsync(reference, model);
        }

        // What was on its way is as it was, or done: one of the models, whole, or none.
        Assert.DoesNotContain(found, reference => reference != moving && !stored.ContainsKey(reference));
        if (moving is not null && found.Contains(moving))
        {
            await using var stream = await test.Store.OpenAsync(moving, null, Cancellation);
            var content = await TestStore.ReadAsync(stream);
            await test.RequireContentAsync(moving, Models.Single(model => content.AsSpan().SequenceEqual(model.Content)));
        }

        await test.RequireHealthyAsync();
        await test.ImportAsync("after:1", TestModels.MatMul);
        await test.RequireContentAsync("after:1", TestModels.MatMul);
        foreach (var model in await test.Store.ListAsync(Cancellation))
        {
            (await test.Store.MaterializeAsync(model.Reference, Cancellation)).Dispose();
            await test.Store.RemoveAsync(model.Reference, Cancellation);
        }

        await test.RequireHealthyAsync();
        await test.Store.CollectGarbageAsync(Cancellation);
        Assert.Empty(test.Objects());
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(path, "hot")));
        SqliteConnection.ClearAllPools();
    }

    private sealed class TestSigner : IDisposable
    {
        private readonly TemporaryDirectory _folder = new();

        public TestSigner()
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var path = _folder.WriteFile("key.pem", System.Text.Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()));
            Signer = ModelSigner.FromFile(path);
        }

        public ModelSigner Signer { get; }

        public void Dispose()
        {
            Signer.Dispose();
            _folder.Dispose();
        }
    }
}
