using EdgeAI.Configuration;
using EdgeAI.Memory;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;

namespace EdgeAI.Runtime.Tests.Memory;

/// <summary>What sessions really take. Alone: what other tests allocate would be counted.</summary>
[Collection(nameof(MeasuredMemory))]
public sealed class MeasurementTests
{
    private const int Size = 3000;
    private const long Weights = 4L * Size * Size;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void End_OneStepAlone_IsItsBytes()
    {
        var system = new FakeSystemMemory { IsMeasuring = true };
        var meter = new MemoryMeter(system);

        var step = meter.Begin();
        system.Allocate(500);
        Assert.Equal(500, meter.End(step));
        step = meter.Begin();
        system.Allocate(-200);
        Assert.Equal(-200, meter.End(step));
    }

    [Fact]
    public void End_StepsThatOverlap_HaveNoResult()
    {
        var system = new FakeSystemMemory { IsMeasuring = true };
        var meter = new MemoryMeter(system);

        var outer = meter.Begin();
        var inner = meter.Begin();
        Assert.Null(meter.End(inner));
        Assert.Null(meter.End(outer));
        var alone = meter.Begin();
        Assert.Equal(0, meter.End(alone));
    }

    [Fact]
    public void End_SystemThatDoesNotTell_HasNoResult()
    {
        var meter = new MemoryMeter(new FakeSystemMemory());

        Assert.Null(meter.End(meter.Begin()));
    }

    [Fact]
    public async Task Run_PackedWeights_AreFoundAsPrivateBytes()
    {
        if (SystemMemory.Current.ReadNativeBytes() is null)
        {
            // Only the GNU C library tells what is in use.
            return;
        }

        await using var test = new TestRuntime(PackPrivately);
        await using var lease = await test.LoadAsync(TestModels.MatMulOf("large", Size));
        lease.Run(TestModels.MatMulOf("large", Size).CreateInputs(), Cancellation).Dispose();

        var model = Assert.Single(test.Runtime.Engine.GetMemory().Models);
        Assert.InRange(model.Memory.Private, (long)(Weights * 0.9), Weights * 3);
    }

    [Fact]
    public async Task LoadAsync_InTheNextProcess_BeginsWithWhatWasMeasured()
    {
        using var folder = new TemporaryDirectory();
        var estimated = await LoadAsync(folder, isRun: true);
        var measured = await LoadAsync(folder, isRun: false);

        Assert.False(estimated.AtLoad.IsMeasured);
        if (SystemMemory.Current.ReadNativeBytes() is not null)
        {
            Assert.True(measured.AtLoad.IsMeasured);
            Assert.Equal(estimated.AtLoad.Memory.Mapped, measured.AtLoad.Memory.Mapped);
            Assert.NotEqual(estimated.AtLoad.Memory.Private, measured.AtLoad.Memory.Private);
        }
    }

    [Fact]
    public async Task LoadAsync_RecordDamaged_EstimatesAgain()
    {
        using var folder = new TemporaryDirectory();
        await LoadAsync(folder, isRun: true);
        foreach (var record in Directory.EnumerateFiles(folder.Path, "memory-*.json", SearchOption.AllDirectories))
        {
            await File.WriteAllTextAsync(record, """{"Private":-5,"Mapped":1""", Cancellation);
        }

        Assert.False((await LoadAsync(folder, isRun: false)).AtLoad.IsMeasured);
    }

    [Fact]
    public async Task SwapOutAsync_PackedWeights_GivesThePrivateBytesBack()
    {
        if (SystemMemory.Current.ReadNativeBytes() is null)
        {
            // Only the GNU C library tells what is in use.
            return;
        }

        await using var test = new TestRuntime(PackPrivately);
        var model = TestModels.MatMulOf("large", Size);
        await using var lease = await test.LoadAsync(model);
        lease.Run(model.CreateInputs(), Cancellation).Dispose();
        var loaded = SystemMemory.Current.ReadNativeBytes()!.Value;

        await test.Runtime.Engine.SwapOutAsync("large", Cancellation);

        Assert.True(loaded - SystemMemory.Current.ReadNativeBytes()!.Value > Weights * 0.9);
    }

    private static void PackPrivately(EdgeAIOptions options)
    {
        options.Inference.WeightPacking = WeightPacking.Always;
        options.Inference.KeepPackedWeights = false;
    }

    private static async Task<(LoadedModel AtLoad, LoadedModel AtEnd)> LoadAsync(TemporaryDirectory folder, bool isRun)
    {
        await using var edge = EdgeRuntime.Create(options => options.DataDirectory = folder.Path);
        if (await edge.Store.FindAsync("matmul", Cancellation) is null)
        {
            await edge.Store.ImportAsync("matmul", EdgeAI.Models.ModelSource.FromMemory(TestModels.MatMul.Content), null, Cancellation);
        }

        await using var lease = await edge.Engine.LoadAsync("matmul", Cancellation);
        var atLoad = edge.Engine.GetMemory().Models[0];
        if (isRun)
        {
            lease.Run(TestModels.MatMul.CreateInputs(), Cancellation).Dispose();
        }

        return (atLoad, edge.Engine.GetMemory().Models[0]);
    }
}
