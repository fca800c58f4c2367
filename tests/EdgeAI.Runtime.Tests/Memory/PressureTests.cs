using EdgeAI.Configuration;
using EdgeAI.Memory;

namespace EdgeAI.Runtime.Tests.Memory;

/// <summary>Memory that others take.</summary>
public sealed class PressureTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Look_NearTheLimit_UnloadsTheLeastLossAndNoMore()
    {
        await using var test = new SizedModels(new MemoryOptions());
        await test.UseAsync("often", 40, runs: 20);
        await test.UseAsync("seldom", 30);
        test.System.Pressure = new MemoryPressure(1000, 920, 0);

        test.Time.Advance(Second);
        await SizedModels.UntilAsync(() => test.Unloads.Count == 1);

        Assert.Equal(["seldom"], test.Unloads);
        Assert.Equal(LoadedModelState.Loaded, test.StateOf("often"));
    }

    [Fact]
    public async Task Look_TasksStandStill_UnloadsOneEachTime()
    {
        await using var test = new SizedModels(new MemoryOptions());
        await test.UseAsync("first", 40);
        await test.UseAsync("second", 40);
        test.System.Pressure = new MemoryPressure(1000, 100, 10);

        test.Time.Advance(Second);
        await SizedModels.UntilAsync(() => test.Models.Report().Models.Count == 1);
        test.Time.Advance(Second);
        await SizedModels.UntilAsync(() => test.Models.Report().Models.Count == 0);

        Assert.Equal(2, test.Unloads.Count);
    }

    [Fact]
    public async Task Look_ModelsAreHeld_LeavesThemAlone()
    {
        await using var test = new SizedModels(new MemoryOptions());
        var held = await test.AcquireAsync("held", 40);
        test.System.Pressure = new MemoryPressure(1000, 999, 100);

        test.Time.Advance(Second * 3);

        Assert.Equal(3, test.System.Looks);
        Assert.Equal(LoadedModelState.Loaded, test.StateOf("held"));
        await test.Models.ReleaseAsync(held, false);
        test.Time.Advance(Second);
        await SizedModels.UntilAsync(() => test.Models.Report().Models.Count == 0);
    }

    [Fact]
    public async Task Look_NothingLoaded_IsOff()
    {
        await using var test = new SizedModels(new MemoryOptions());
        test.Time.Advance(Second * 10);
        Assert.Equal(0, test.System.Looks);
        var model = await test.AcquireAsync("model", 10);
        test.Time.Advance(Second);
        Assert.Equal(1, test.System.Looks);

        await test.Models.SwapOutAsync(model, TestContext.Current.CancellationToken);
        test.Time.Advance(Second * 10);

        Assert.Equal(1, test.System.Looks);
        await test.Models.ReleaseAsync(model, false);
    }

    [Fact]
    public async Task Unload_AnyModel_GivesMemoryBackASecondLater()
    {
        await using var test = new SizedModels(new MemoryOptions { HostPrivateBytes = 1L << 40 });
        var model = await test.AcquireAsync("small", 10);
        await test.Models.SwapOutAsync(model, TestContext.Current.CancellationToken);
        Assert.Equal(0, test.System.Trims);
        test.Time.Advance(Second);
        Assert.Equal(1, test.System.Trims);
        await test.Models.ReleaseAsync(model, false);

        var large = await test.AcquireAsync("large", 1L << 30);
        await test.Models.SwapOutAsync(large, TestContext.Current.CancellationToken);

        Assert.Equal(2, test.System.Trims);
        await test.Models.ReleaseAsync(large, false);
    }
}
