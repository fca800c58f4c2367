using EdgeAI.Testing.Catalogue;

namespace EdgeAI.Storage.Tests.Maintenance;

public sealed class RepairTests : IDisposable
{
    private static readonly (string Reference, TestModel Model)[] Models =
        [("mlp:1", TestModels.Mlp), ("m:1", TestModels.MatMul), ("m:2", TestModels.FineTunedMatMul)];

    private readonly TestStore _test = new();
    private readonly TestStore _copy = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string[] Packs => [.. _test.Objects().Where(path => path.EndsWith(".pack", StringComparison.Ordinal))];

    private string Quarantine => Path.Combine(_test.Directory, "quarantine");

    public void Dispose()
    {
        _test.Dispose();
        _copy.Dispose();
    }

    [Fact]
    public async Task RepairAsync_HealthyStore_ChangesNothing()
    {
        await ImportAsync(_test);
        var objects = _test.Objects();

        var report = await _test.Store.RepairAsync(null, Cancellation);

        Assert.Equal((0, 0, 0, true), (report.ManifestsRepaired, report.ChunksRepaired, report.PacksRewritten, report.IsHealthy));
        Assert.Equal(objects, _test.Objects());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RepairAsync_EveryObjectDamaged_IsWholeAgainFromTheCopy(bool isCopyPackedOtherwise)
    {
        await ImportAsync(_test);
        await ImportAsync(_copy, isCopyPackedOtherwise);
        var objects = _test.Objects();
        foreach (var path in objects)
        {
            var length = new FileInfo(path).Length;
            TestStore.Flip(path, length / 3);
            TestStore.Flip(path, length - 5);
        }

        Assert.False((await _test.Store.VerifyAsync(Cancellation)).IsHealthy);
        var report = await _test.Store.RepairAsync(ModelStore.OpenObjects(_copy.Directory), Cancellation);

        Assert.True(report.IsHealthy, string.Join(Environment.NewLine, report.Unrepaired));
        Assert.Equal((3, 3), (report.ManifestsRepaired, report.PacksRewritten));
        Assert.InRange(report.ChunksRepaired, 3, 20);
        Assert.False(Directory.Exists(Quarantine));
        await RequireAllAsync();
        await _test.Store.CollectGarbageAsync(Cancellation);
        await RequireAllAsync();
        if (!isCopyPackedOtherwise)
        {
            Assert.Equal(objects, _test.Objects());
        }
    }

    [Fact]
    public async Task RepairAsync_PacksGone_ComeFromTheCopy()
    {
        await ImportAsync(_test);
        await ImportAsync(_copy);
        Array.ForEach(Packs, File.Delete);

        Assert.True((await _test.Store.RepairAsync(ModelStore.OpenObjects(_copy.Directory), Cancellation)).IsHealthy);

        await RequireAllAsync();
    }

    [Fact]
    public async Task RepairAsync_PackIndexDamagedAndNoCopy_IsWrittenAnewFromTheDatabase()
    {
        await ImportAsync(_test);
        var objects = _test.Objects();
        Array.ForEach(Packs, pack => TestStore.Flip(pack, new FileInfo(pack).Length - 60));

        var report = await _test.Store.RepairAsync(null, Cancellation);

        Assert.Equal((0, 3, true), (report.ChunksRepaired, report.PacksRewritten, report.IsHealthy));
        Assert.Equal(objects, _test.Objects());
        await RequireAllAsync();
    }

    [Fact]
    public async Task RepairAsync_NoCopy_QuarantinesWhatIsDamagedAndKeepsTheRest()
    {
        await ImportAsync(_test);
        DamageBase();

        var report = await _test.Store.RepairAsync(null, Cancellation);

        Assert.Equal(["m:1", "m:2"], Assert.Single(report.Unrepaired).Models);
        Assert.Single(Directory.EnumerateFiles(Quarantine));
        await _test.RequireContentAsync("mlp:1", TestModels.Mlp);
        await RequireRefusedAsync("m:1", report);
        await RequireRefusedAsync("m:2", report);
        Assert.Equal(["m:1", "m:2"], Assert.Single((await _test.Store.RepairAsync(null, Cancellation)).Unrepaired).Models);
    }

    [Fact]
    public async Task ImportAsync_OfAQuarantinedModel_HealsItAndWhatWasMadeFromIt()
    {
        await ImportAsync(_test);
        DamageBase();
        await _test.Store.RepairAsync(null, Cancellation);

        await _test.ImportAsync("m:1", TestModels.MatMul);

        Assert.True((await _test.Store.RepairAsync(null, Cancellation)).IsHealthy);
        await RequireAllAsync();
    }

    [Fact]
    public async Task ImportAsync_OfWhatWasMadeFromAQuarantinedModel_HealsIt()
    {
        await ImportAsync(_test);
        DamageBase();
        await _test.Store.RepairAsync(null, Cancellation);

        await _test.ImportAsync("m:2", TestModels.FineTunedMatMul);

        await _test.RequireContentAsync("m:2", TestModels.FineTunedMatMul);
        (await _test.Store.MaterializeAsync("m:2", Cancellation)).Dispose();
        await _test.Store.RemoveAsync("m:1", Cancellation);
        await _test.Store.CollectGarbageAsync(Cancellation);
        Assert.True((await _test.Store.RepairAsync(null, Cancellation)).IsHealthy);
        await _test.RequireContentAsync("m:2", TestModels.FineTunedMatMul);
    }

    [Fact]
    public async Task MaterializeAsync_LaidOutBeforeItsPackWasDamaged_ServesOn()
    {
        await ImportAsync(_test);
        (await _test.Store.MaterializeAsync("m:1", Cancellation)).Dispose();
        DamageBase();
        await _test.Store.RepairAsync(null, Cancellation);

        using var hot = await _test.Store.MaterializeAsync("m:1", Cancellation);

        Assert.True(File.Exists(hot.Files.WeightsPath));
    }

    [Fact]
    public void OpenObjects_NoStore_IsRefused() => Assert.Throws<DirectoryNotFoundException>(() => ModelStore.OpenObjects(_test.Directory));

    private static async Task ImportAsync(TestStore test, bool isReversed = false)
    {
        foreach (var (reference, model) in isReversed ? Models.Reverse() : Models)
        {
            await test.ImportAsync(reference, model);
        }
    }

    // The largest pack holds what the tuned model is kept as a difference from.
    private void DamageBase()
    {
        var pack = Packs.MaxBy(path => new FileInfo(path).Length)!;
        TestStore.Flip(pack, new FileInfo(pack).Length / 2);
    }

    private async Task RequireRefusedAsync(string reference, RepairReport report)
    {
        var opening = await Assert.ThrowsAsync<ModelQuarantinedException>(async () => await _test.Store.OpenAsync(reference, null, Cancellation));
        await Assert.ThrowsAsync<ModelQuarantinedException>(async () => await _test.Store.MaterializeAsync(reference, Cancellation));
        await Assert.ThrowsAsync<ModelQuarantinedException>(async () => await _test.Store.ExportAsync(reference, Path.Combine(_test.Directory, "out"), Cancellation));
        Assert.Equal((reference, 1, Quarantine), (opening.Model.ToString(), opening.Missing.Count, opening.Location));
        Assert.Contains(opening.Missing[0].ToString(), report.Unrepaired[0].Description, StringComparison.Ordinal);
    }

    private async Task RequireAllAsync()
    {
        _test.Reopen();
        foreach (var (reference, model) in Models)
        {
            await _test.RequireContentAsync(reference, model);
        }

        await _test.RequireHealthyAsync();
    }
}
