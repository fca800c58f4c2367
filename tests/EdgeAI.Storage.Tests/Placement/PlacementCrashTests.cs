using EdgeAI.Models;
using EdgeAI.Testing;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;

namespace EdgeAI.Storage.Tests.Placement;

/// <summary>Processes that move models between disks beside all else that a store does, and die in the midst of it.</summary>
public sealed class PlacementCrashTests : IDisposable
{
    private const int MaxSteps = 6;
    private const int MaxFlushes = 60;

    private static readonly TestModel[] Models = [TestModels.Add, TestModels.Mlp, TestModels.External, TestModels.MatMul, TestModels.FineTunedMatMul];

    // What is compressed anew on its way to the cold tier, with bytes that shrink only then.
    private const string Shrinking = "floats";
    private static readonly byte[] ShrinkingContent = ColdCompressionTests.MakeFloats(seed: 1);

    private readonly TieredStore _test = new();
    private readonly TemporaryDirectory _models = new();

    public PlacementCrashTests()
    {
        foreach (var model in Models)
        {
            foreach (var (path, content) in model.Files)
            {
                _models.WriteFile(Path.Combine(model.Name, path), content);
            }
        }

        _models.WriteFile(Path.Combine(Shrinking, "model.bin"), ShrinkingContent);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _test.Dispose();
        _models.Dispose();
    }

    // Every second time one is killed at a flush of its own; otherwise all are, right after a step of the first one.
    [Theory]
    [InlineData(1, 24)]
    [InlineData(4, 8)]
    public async Task AnyCall_KilledAnywhere_LeavesModelsWholeOnWhateverTier(int processes, int crashes)
    {
        crashes = NightlyRun.Count(crashes, 10 * crashes);

        // Under a tag that nobody removes: there is always something to move.
        await ImportShrinkingAsync($"{Shrinking}:kept");
        var (wereCold, compressed) = (0, 0);
        for (var crash = 0; crash < crashes; crash++)
        {
            await RunAndKillAsync(processes, crash);
            _test.Reopen();
            foreach (var placed in await _test.Store.ListPlacementsAsync(Cancellation))
            {
                wereCold += placed.ColdBytes > 0 ? 1 : 0;
                if (placed.Model.Name == Shrinking)
                {
                    compressed += placed.ColdBytes > 0 && placed.WarmBytes + placed.ColdBytes < ColdCompressionTests.CompressedBelow * ShrinkingContent.Length ? 1 : 0;
                    await using var stream = await _test.Store.OpenAsync(placed.Model, null, Cancellation);
                    Assert.Equal(ShrinkingContent, await TestStore.ReadAsync(stream));
                    continue;
                }

                await _test.RequireContentAsync(placed.Model, TestModels.Get(placed.Model.Name));
            }

            await _test.RequireHealthyAsync();
        }

        await RequireNothingLeftAsync();
        await RequireCompressionAsync();
        TestContext.Current.TestOutputHelper!.WriteLine($"{processes * crashes} processes killed; {wereCold} models were cold, {compressed} were compressed anew");
    }

    private async Task RunAndKillAsync(int processes, int crash)
    {
        var seed = (NightlyRun.Seed * 100_000) + (crash * 10);
        var flush = crash % 2 == 0 ? 0 : new Random(seed).Next(1, MaxFlushes);
        var children = Enumerable.Range(0, processes).Select(i => StoreProcesses.StartSpread(_test.Root, _models.Path, seed + i, i == 0 ? flush : 0)).ToArray();
        try
        {
            for (var step = 0; (flush > 0 || step <= crash % MaxSteps) && await children[0].ReadLineAsync(Cancellation) is not null; step++)
            {
            }

            foreach (var child in children)
            {
                child.Kill();

                // One that ended by itself says why.
                var error = (await child.WaitAsync(Cancellation)).Error;
                Assert.True(error.Length == 0, error);
            }
        }
        finally
        {
            foreach (var child in children)
            {
                child.Dispose();
            }
        }
    }

    private async Task ImportShrinkingAsync(ModelReference reference) =>
        await _test.Store.ImportAsync(reference, ModelSource.FromMemory(ShrinkingContent, "model.bin"), null, Cancellation);

    // How often the processes came to move anything, or to compress it, is a matter of luck; that it works after all of their deaths is not.
    private async Task RequireCompressionAsync()
    {
        await ImportShrinkingAsync($"{Shrinking}:after");
        using var store = _test.Open(ColdCompressionTests.Configure);
        _test.Time.Offset = TimeSpan.FromDays(8);
        await store.PlaceAsync(Cancellation);
        var placed = Assert.Single(await store.ListPlacementsAsync(Cancellation));
        Assert.Equal(0, placed.WarmBytes);
        Assert.InRange(placed.ColdBytes, 1, (long)(ColdCompressionTests.CompressedBelow * ShrinkingContent.Length));
    }

    private async Task RequireNothingLeftAsync()
    {
        foreach (var model in await _test.Store.ListAsync(Cancellation))
        {
            await _test.Store.RemoveAsync(model.Reference, Cancellation);
        }

        await _test.Store.CollectGarbageAsync(Cancellation);
        Assert.Empty(TieredStore.PacksOf(_test.Warm));
        Assert.Empty(TieredStore.PacksOf(_test.Cold));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_test.Hot, "hot")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_test.Warm, "staging")));
    }
}
