using System.Runtime.InteropServices;
using EdgeAI.Configuration;
using EdgeAI.Models;
using EdgeAI.Testing.Files;

namespace EdgeAI.Storage.Tests.Placement;

public sealed class ColdCompressionTests : IDisposable
{
    /// <summary>The share of its length that <see cref="MakeFloats"/> is longer than while it is warm, and shorter than when it was compressed anew.</summary>
    public const double CompressedBelow = 0.9;

    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    private readonly TieredStore _test = new(Configure);
    private readonly byte[] _content = MakeFloats(seed: 1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _test.Dispose();

    /// <summary>Numbers in a file that no parser knows: exponents at every fourth byte, which an import takes for bytes of no kind.</summary>
    public static byte[] MakeFloats(int seed)
    {
        var random = new Random(seed);
        var floats = new float[100_000];
        for (var i = 0; i < floats.Length; i++)
        {
            floats[i] = (float)(0.02 * (random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5));
        }

        return MemoryMarshal.AsBytes(floats.AsSpan()).ToArray();
    }

    [Fact]
    public async Task PlaceAsync_ContentThatShrinks_IsWrittenAnewAndComesBackAsItIs()
    {
        await ImportAsync("m:1", _content);
        var warm = TieredStore.PacksOf(_test.Warm);
        var before = Assert.Single(await _test.Store.ListPlacementsAsync(Cancellation)).WarmBytes;
        Assert.True(before > CompressedBelow * _content.Length);
        _test.Time.Offset = Week;

        var report = await _test.Store.PlaceAsync(Cancellation);

        var cold = TieredStore.PacksOf(_test.Cold);
        var after = Assert.Single(await _test.Store.ListPlacementsAsync(Cancellation));
        Assert.Equal((warm.Length, 0L), (report.PacksDemoted, after.WarmBytes));
        Assert.True(after.ColdBytes < CompressedBelow * _content.Length, $"{before} became {after.ColdBytes}");
        Assert.Equal(before - after.ColdBytes, report.BytesSaved);
        Assert.Empty(TieredStore.PacksOf(_test.Warm));
        Assert.Empty(cold.Intersect(warm));
        await RequireContentAsync("m:1", _content);
        await _test.RequireHealthyAsync();

        await _test.UseAsync("m:1");
        await _test.Store.PlaceAsync(Cancellation);
        Assert.Equal(cold, TieredStore.PacksOf(_test.Warm));
        Assert.Empty(TieredStore.PacksOf(_test.Cold));
        _test.Time.Offset = 3 * Week;
        Assert.Equal(0, (await _test.Store.PlaceAsync(Cancellation)).BytesSaved);
        Assert.Equal(cold, TieredStore.PacksOf(_test.Cold));

        await _test.Store.RebuildIndexAsync(Cancellation);
        await RequireContentAsync("m:1", _content);
        await _test.RequireHealthyAsync();
    }

    [Fact]
    public async Task PlaceAsync_Noise_IsMovedAsItIs()
    {
        var noise = new byte[200_000];
        new Random(1).NextBytes(noise);
        await ImportAsync("m:1", noise);
        var warm = TieredStore.PacksOf(_test.Warm);
        _test.Time.Offset = Week;

        var report = await _test.Store.PlaceAsync(Cancellation);

        Assert.Equal((warm.Length, 0L), (report.PacksDemoted, report.BytesSaved));
        Assert.Equal(warm, TieredStore.PacksOf(_test.Cold));
    }

    [Fact]
    public async Task PlaceAsync_ReadMeanwhile_KeepsWhatIsReadUntilThen()
    {
        await ImportAsync("m:1", _content);
        var warm = TieredStore.PacksOf(_test.Warm);
        _test.Time.Offset = Week;
        await using (var stream = await _test.Store.OpenAsync("m:1", null, Cancellation))
        {
            await _test.Store.PlaceAsync(Cancellation);

            Assert.Equal(warm, TieredStore.PacksOf(_test.Warm));
            Assert.Equal(_content, await TestStore.ReadAsync(stream));
        }

        await _test.Store.CollectGarbageAsync(Cancellation);
        Assert.Empty(TieredStore.PacksOf(_test.Warm));
        await RequireContentAsync("m:1", _content);
    }

    [Fact]
    public async Task PlaceAsync_DamagedPack_StaysAndIsReported()
    {
        await ImportAsync("m:1", _content);
        var path = Assert.Single(Directory.EnumerateFiles(_test.Warm, "*.pack", SearchOption.AllDirectories));
        var bytes = await File.ReadAllBytesAsync(path, Cancellation);
        bytes[bytes.Length / 2] ^= 1;
        File.SetAttributes(path, FileAttributes.Normal);
        await File.WriteAllBytesAsync(path, bytes, Cancellation);
        _test.Time.Offset = Week;

        var report = await _test.Store.PlaceAsync(Cancellation);

        Assert.Single(report.Damaged);
        Assert.Single(TieredStore.PacksOf(_test.Warm));
        Assert.Empty(TieredStore.PacksOf(_test.Cold));
    }

    [Fact]
    public async Task PlaceAsync_CancelledWhileItCompresses_LeavesTheModelWhereItWas()
    {
        await ImportAsync("m:1", _content);
        var warm = TieredStore.PacksOf(_test.Warm);
        _test.Time.Offset = Week;
        await using var slow = _test.Open(tiers =>
        {
            Configure(tiers);
            tiers.Cold.CompressionRate = "0.001kB";
        });
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        cancelled.CancelAfter(TimeSpan.FromMilliseconds(100));

        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await slow.PlaceAsync(cancelled.Token));

        Assert.Equal(cancelled.Token, thrown.CancellationToken);
        Assert.Equal(warm, TieredStore.PacksOf(_test.Warm));
        Assert.Empty(TieredStore.PacksOf(_test.Cold));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_test.Warm, "staging")));
        await RequireContentAsync("m:1", _content);
    }

    internal static void Configure(TiersOptions tiers)
    {
        tiers.Cold.Compression = TierCompression.Stronger;
        tiers.Lifecycle.Add(new LifecycleRule { After = Week, To = Tier.Cold });
    }

    private async Task ImportAsync(ModelReference reference, byte[] content)
    {
        using var source = new TemporaryDirectory();
        source.WriteFile("model.bin", content);
        await _test.Store.ImportAsync(reference, ModelSource.FromFile(source.Combine("model.bin")), null, Cancellation);
    }

    private async Task RequireContentAsync(ModelReference reference, byte[] content)
    {
        await using var stream = await _test.Store.OpenAsync(reference, null, Cancellation);
        Assert.Equal(content, await TestStore.ReadAsync(stream));
    }
}
