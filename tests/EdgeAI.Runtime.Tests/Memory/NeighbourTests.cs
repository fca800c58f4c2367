using System.Globalization;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using EdgeAI.Testing.Processes;

namespace EdgeAI.Runtime.Tests.Memory;

/// <summary>Another process in the same control group takes the memory that idle models have.</summary>
public sealed class NeighbourTests : IDisposable
{
    private const int Models = 8;
    private const int Size = 2048;
    private const long Limit = 640L << 20;
    private const double Threshold = 0.9;
    private const int Bite = 8 << 20;

    // What a process that is killed would have been missed by: more than everybody has together.
    private const double Wanted = 1.03;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pressure_HogInTheSameGroup_IdleModelsLeaveAndNobodyDies()
    {
        using var group = MemoryGroup.TryCreate(Limit);
        if (group is null)
        {
            TestContext.Current.TestOutputHelper?.WriteLine("This process may not make a control group; PressureTests show what the runtime does under pressure.");
            return;
        }

        for (var i = 0; i < Models; i++)
        {
            _folder.WriteFile($"models/m{i}.onnx", TestModels.MatMulOf($"m{i}", Size, seed: i + 1).Content);
        }

        var program = Path.Combine(AppContext.BaseDirectory, "EdgeAI.Testing.RuntimeProcess.dll");
        using var engine = group.Start("dotnet", program, "engine", _folder.Combine("data"), _folder.Combine("models"));
        var expected = await ReadAsync(engine);
        Assert.StartsWith($"{Models} ", expected, StringComparison.Ordinal);
        Assert.Equal(Models, await CountAsync(engine));
        var before = group.ReadUsedBytes();
        Assert.InRange(before, Models * 4L * Size * Size, (long)(Limit * Threshold));

        using (var hog = group.Start("dotnet", program, "hog"))
        {
            await ReadAsync(hog);
            for (long taken = 0; before + taken < Limit * Wanted; taken += Bite)
            {
                hog.WriteLine(Bite.ToString(CultureInfo.InvariantCulture));
                await ReadAsync(hog);
                await UntilThereIsRoomAsync(group);
            }

            Assert.InRange(await CountAsync(engine), 0, Models - 2);
            hog.Kill();
            await hog.WaitAsync(Cancellation);
        }

        engine.WriteLine("run");
        Assert.Equal(expected, await ReadAsync(engine));
        Assert.Equal(0, (await engine.WaitAsync(Cancellation)).ExitCode);
    }

    public void Dispose() => _folder.Dispose();

    // Fails when the runtime does not shrink.
    private static async Task UntilThereIsRoomAsync(MemoryGroup group)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(Patience);
        while (group.ReadUsedBytes() is var used && used > Limit * Threshold)
        {
            Assert.False(patience.IsCancellationRequested, $"The processes have {used >> 20} MB of {Limit >> 20}, and no model has left.");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancellation);
        }
    }

    private static async Task<int> CountAsync(ChildProcess engine)
    {
        engine.WriteLine("report");
        return int.Parse(await ReadAsync(engine), CultureInfo.InvariantCulture);
    }

    private static async Task<string> ReadAsync(ChildProcess child) =>
        await child.ReadLineAsync(Cancellation).AsTask().WaitAsync(Patience, Cancellation) ?? throw new InvalidOperationException("The process has died.");
}
