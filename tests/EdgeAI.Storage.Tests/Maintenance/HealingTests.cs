using System.Security.Cryptography;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using EdgeAI.Trust;
using Microsoft.Data.Sqlite;

namespace EdgeAI.Storage.Tests.Maintenance;

/// <summary>Whatever byte of an object a disk changes: a verification finds it, and the same import again, signature and all, makes the store whole.</summary>
public sealed class HealingTests : IDisposable
{
    // A model, one kept as the difference from another, and files beside a model.
    private static readonly (string Reference, TestModel Model)[] Models =
        [("mlp:1", TestModels.Mlp), ("external:1", TestModels.External), ("matmul:1", TestModels.MatMul), ("matmul:2", TestModels.FineTunedMatMul)];

    private readonly TemporaryDirectory _folder = new();
    private readonly ModelSigner _signer = MakeSigner();

    public static TheoryData<string> Kinds => ["packs", "manifests", "names", "signatures"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _signer.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task ImportAsync_AgainAfterAnyRegionOfAnObjectChanged_HealsTheStore(string kind)
    {
        var whole = _folder.Combine("whole");
        using (var test = new TestStore(whole))
        {
            await ImportAsync(test);
            await test.RequireHealthyAsync();
            SqliteConnection.ClearAllPools();
        }

        foreach (var file in Directory.EnumerateFiles(Path.Combine(whole, "objects", kind)).Select(path => Path.GetRelativePath(whole, path)).Order().ToArray())
        {
            var length = new FileInfo(Path.Combine(whole, file)).Length;
            foreach (var place in kind == "packs" ? PlacesInAPack(length) : [0, length / 2, length - 1])
            {
                using var copy = new TemporaryDirectory();
                Copy(whole, copy.Path);
                Flip(copy.Combine(file), place);
                await RequireFoundAndHealedAsync(copy.Path, $"{file} at {place}");
            }
        }
    }

    private async Task RequireFoundAndHealedAsync(string directory, string where)
    {
        using var test = new TestStore(directory);

        // A name that can't be read is written again by whoever opens the store.
        var isFound = !(await test.Store.VerifyAsync(Cancellation)).IsHealthy;
        Assert.True(isFound || where.Contains("names", StringComparison.Ordinal), $"{where} is not found");
        await ImportAsync(test);
        await test.Store.CollectGarbageAsync(Cancellation);
        foreach (var (reference, model) in Models)
        {
            await test.RequireContentAsync(reference, model);
        }

        var report = await test.Store.VerifyAsync(Cancellation);
        Assert.True(report.IsHealthy, $"{where}: {string.Join(Environment.NewLine, report.Problems)}");
    }

    private async Task ImportAsync(TestStore test)
    {
        foreach (var (reference, model) in Models)
        {
            await test.ImportAsync(reference, model);
        }

        await test.Store.SignAsync("mlp:1", _signer, Cancellation);
    }

    // The header, chunks, the index, the trailer.
    private static long[] PlacesInAPack(long length) =>
        [.. new[] { 0, 9, 20, length / 3, 2 * length / 3, length - 100, length - 40, length - 1 }.Where(place => place >= 0 && place < length).Distinct()];

    private static void Copy(string from, string to)
    {
        foreach (var folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories))
        {
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        }

        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
        }
    }

    private static void Flip(string path, long place)
    {
        using var file = File.Open(path, FileMode.Open, FileAccess.ReadWrite);
        file.Position = place;
        var value = file.ReadByte();
        file.Position = place;
        file.WriteByte((byte)(value ^ 0x41));
    }

    private static ModelSigner MakeSigner()
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return ModelSigner.FromCallback(ModelPublicKey.FromSubjectPublicKeyInfo(key.ExportSubjectPublicKeyInfo()), (hash, _) => new(key.SignHash(hash.Span)));
    }
}
