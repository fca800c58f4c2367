using System.Diagnostics;
using EdgeAI.Benchmarks.Runtime.Measures;
using EdgeAI.Benchmarks.Runtime.Models;
using EdgeAI.Benchmarks.Runtime.Processes;
using EdgeAI.Benchmarks.Runtime.Reporting;
using EdgeAI.Benchmarks.Runtime.Swapping;
using EdgeAI.Configuration;
using EdgeAI.Inference;
using Microsoft.ML.OnnxRuntime;

namespace EdgeAI.Benchmarks.Runtime.Scheduling;

/// <summary>
/// <c>two_devices_over_sum</c>: the throughput of the processor and of the plugin provider that the tests build with g++ together, over the sum of what each does alone; one core each, eight callers who ask again as soon
/// as they are answered.
/// </summary>
internal sealed class TwoDevicesMeasure : IMeasure
{
    public const string Name = "two_devices_over_sum";

    private const string Processor = "cpu:0";
    private const string Plugin = "matmul:0";
    private const int Callers = 8;
    private const string Model = "products";
    private const int Rows = 64;
    private const int Width = 512;
    private const int Layers = 4;
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(3);

    public async Task RunAsync(BenchmarkContext context)
    {
        if (!context.Options.Wants(Name))
        {
            return;
        }

        BenchmarkContext.Say(Name);
        var library = await BuildAsync(context.Folder("plugin"));
        var file = Make(Path.Combine(context.Folder("models"), Model + ".onnx"));
        var (processor, plugin, both) = (new List<double>(), new List<double>(), new List<double>());
        for (var i = 0; i < context.Options.Repeats; i++)
        {
            processor.Add(await MeasureAsync(Plugin));
            plugin.Add(await MeasureAsync(Processor));
            both.Add(await MeasureAsync(without: null));
        }

        context.Report.Add(Name, BenchmarkContext.Median(both.Select((together, i) => together / (processor[i] + plugin[i]))), "the sum", Measurement.Ratio);
        context.Report.Add("two_devices", BenchmarkContext.Median(both), Measurement.Ours, Measurement.RunsPerSecond);
        context.Report.Add("two_devices", BenchmarkContext.Median(processor), "the processor alone", Measurement.RunsPerSecond);
        context.Report.Add("two_devices", BenchmarkContext.Median(plugin), "the plugin alone", Measurement.RunsPerSecond);

        async Task<double> MeasureAsync(string? without)
        {
            await using var edge = EdgeRuntime.Create(options =>
            {
                options.DataDirectory = context.Folder("data-devices");
                options.Inference.CpuThreads = 1;
                options.Inference.ProviderLibraries["matmul.virtual"] = library;
                foreach (var device in (string[])[Processor, Plugin])
                {
                    options.Inference.Devices[device] = new DeviceOptions { IsEnabled = device != without, MaxConcurrentRuns = 1 };
                }
            });
            await SwapModels.ImportAsync(edge, Model, file);
            await using var lease = await edge.Engine.LoadAsync(Model);
            await AskAsync(lease, Turn / 3);
            return await AskAsync(lease, Turn);
        }
    }

    private static async Task<double> AskAsync(IModelLease lease, TimeSpan time)
    {
        var clock = Stopwatch.StartNew();
        var counts = await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            var inputs = new ModelInputs { ["x"] = TensorValue.Create(new float[Rows * Width], Rows, Width) };
            var runs = 0;
            for (; clock.Elapsed < time; runs++)
            {
                (await lease.RunAsync(inputs)).Dispose();
            }

            return runs;
        })));
        return counts.Sum() / clock.Elapsed.TotalSeconds;
    }

    // Runs of milliseconds that the arithmetic bounds, or the devices would share what the memory gives.
    private static string Make(string path)
    {
        using var onnx = new OnnxFile();
        onnx.Input("x", WeightTensor.Float, Rows, Width);
        var value = "x";
        for (var i = 0; i < Layers; i++)
        {
            var weight = onnx.Add(new WeightTensor($"w{i}", WeightTensor.Float, sizeof(float), [Width, Width], WeightFill.Noise, 0.03f));
            value = onnx.Node("MatMul", [value, weight], i == Layers - 1 ? "y" : $"h{i}", string.Empty);
        }

        onnx.Output("y", WeightTensor.Float, Rows, Width);
        onnx.Save(path);
        return path;
    }

    private static async Task<string> BuildAsync(string folder)
    {
        var library = Path.Combine(folder, "libmatmul.so");
        var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        var headers = Path.Combine(packages, "microsoft.ml.onnxruntime", OrtEnv.Instance().GetVersionString(), "build", "native", "include");
        var source = Path.GetFullPath(Path.Combine("tests", "EdgeAI.Runtime.Tests", "Providers", "Plugin", "matmul_provider.cc"));
        await new Command("g++", ["-std=c++17", "-O3", "-march=native", "-shared", "-fPIC", "-I", headers, source, "-o", library]).RunAsync();
        return library;
    }
}
