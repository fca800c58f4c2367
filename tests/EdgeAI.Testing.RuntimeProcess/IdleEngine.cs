using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Memory;
using EdgeAI.Models;

namespace EdgeAI.Testing.RuntimeProcess;

/// <summary>An engine whose models nobody holds: <c>run</c> runs each and says what came out, <c>report</c> says how many are in memory.</summary>
internal sealed class IdleEngine(string data, string folder)
{
    private readonly string[] _paths = [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal)];

    public async Task RunAsync()
    {
        await using var edge = EdgeRuntime.Create(options =>
        {
            options.DataDirectory = data;
            options.Inference.KeepAlive = Timeout.InfiniteTimeSpan;
            options.Inference.WeightPacking = WeightPacking.Always;
            options.Inference.KeepPackedWeights = false;

            // What is short is the group's memory, not the budget.
            options.Memory.HostPrivateBytes = long.MaxValue / 2;
            options.Memory.HostMappedBytes = long.MaxValue / 2;
            options.Memory.PressureInterval = TimeSpan.FromSeconds(0.1);
        });
        foreach (var path in _paths)
        {
            await edge.Store.ImportAsync(Path.GetFileNameWithoutExtension(path), ModelSource.FromFile(path));
        }

        Console.WriteLine(await RunAllAsync(edge.Engine));
        while (Console.ReadLine() is { } line)
        {
            Console.WriteLine(line == "run" ? await RunAllAsync(edge.Engine) : $"{edge.Engine.GetMemory().Models.Count(model => model.State == LoadedModelState.Loaded)}");
        }
    }

    private async Task<string> RunAllAsync(IInferenceEngine engine)
    {
        double sum = 0;
        foreach (var path in _paths)
        {
            await using var lease = await engine.LoadAsync(Path.GetFileNameWithoutExtension(path));
            var input = lease.Signature.Inputs[0];
            long[] shape = [.. input.Type.Shape!.Select(dimension => dimension.Size ?? 1)];
            var ones = new float[shape.Aggregate(1L, (product, size) => product * size)];
            Array.Fill(ones, 1f);
            using var outputs = await lease.RunAsync(new ModelInputs { [input.Name] = TensorValue.Create(ones, shape) });
            foreach (var value in outputs[0].AsTensor().AsSpan<float>())
            {
                sum += value;
            }
        }

        return $"{_paths.Length} {BitConverter.DoubleToInt64Bits(sum):x}";
    }
}
