using EdgeAI.Models;
using EdgeAI.Testing.Catalogue;

namespace EdgeAI.Storage.Tests.Placement;

/// <summary>The hot tier keeps within its capacity.</summary>
public sealed class HotCapacityTests : IDisposable
{
    // Room for two of the model, which takes a little more than 1 MiB.
    private readonly TieredStore _test = new(tiers => tiers.Hot.Capacity = "2.5MiB");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task MaterializeAsync_NoRoom_DropsWhatIsUsedLeast()
    {
        await ImportAllAsync();
        await _test.UseAsync("a:1");
        await _test.UseAsync("b:1");
        await _test.UseAsync("a:1");

        await _test.UseAsync("c:1");

        Assert.Equal(["a:1", "c:1"], await _test.HotModelsAsync());
        await _test.UseAsync("b:1");
        Assert.Equal(["a:1", "b:1"], await _test.HotModelsAsync());
    }

    [Fact]
    public async Task MaterializeAsync_AllInUseOrPinned_GoesBeyondTheCapacity()
    {
        await ImportAllAsync();
        await _test.Store.PinAsync("a:1", Cancellation);
        await _test.UseAsync("a:1");
        using (await _test.Store.MaterializeAsync("b:1", Cancellation))
        {
            await _test.UseAsync("c:1");
            Assert.Equal(["a:1", "b:1", "c:1"], await _test.HotModelsAsync());
        }

        var report = await _test.Store.PlaceAsync(Cancellation);

        Assert.Equal(1, report.HotModelsDropped);
        Assert.Contains("a:1", await _test.HotModelsAsync());
    }

    [Fact]
    public async Task MaterializeAsync_LargerThanTheTier_Works()
    {
        using var test = new TieredStore(tiers => tiers.Hot.Capacity = "1kB");
        await test.ImportAsync("m:1", TestModels.MatMul);

        await test.UseAsync("m:1");

        Assert.Equal(["m:1"], await test.HotModelsAsync());
        Assert.Equal(1, (await test.Store.PlaceAsync(Cancellation)).HotModelsDropped);
    }

    [Fact]
    public async Task MaterializeAsync_ManyAtOnce_EndsWithinTheCapacity()
    {
        await ImportAllAsync();

        await Task.WhenAll(Enumerable.Range(0, 30).Select(use => Task.Run(() => _test.UseAsync(((ModelReference[])["a:1", "b:1", "c:1"])[use % 3]), Cancellation)));
        await _test.Store.PlaceAsync(Cancellation);

        Assert.InRange((await _test.HotModelsAsync()).Length, 1, 2);
        await _test.RequireHealthyAsync();
    }

    private async Task ImportAllAsync()
    {
        await _test.ImportAsync("a:1", TestModels.MatMul);
        await _test.ImportAsync("b:1", TestModels.MatMulOf("b", 512, 2));
        await _test.ImportAsync("c:1", TestModels.MatMulOf("c", 512, 3));
    }
}
