using System.Diagnostics;
using EdgeAI.Benchmarks.Runtime.Reporting;
using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Models;

namespace EdgeAI.Benchmarks.Runtime.Measures;

/// <summary><c>isolated_load</c>, <c>isolated_run</c>, <c>isolated_large_run</c> and <c>isolated_private_mb</c>: a worker process beside the app's own, turn by turn.</summary>
internal sealed class IsolationMeasure : IMeasure
{
    private const string Name = "isolated";
    private const string Small = "silero_vad_v5.onnx";
    private const string Large = "ch_PP-OCRv4_det_infer.onnx";
    private const int Rounds = 21;
    private const double MicrosecondsInMillisecond = 1000;

    public async Task RunAsync(BenchmarkContext context)
    {
        string[] names = [Name + "_load", Name + "_run", Name + "_large_run", Name + "_private_mb"];
        if (!names.Any(context.Options.Wants))
        {
            return;
        }

        if (new[] { Small, Large }.Select(file => Path.Combine(context.Options.Models, file)).FirstOrDefault(path => !File.Exists(path)) is { } missing)
        {
            BenchmarkContext.Say($"{Name} is left out: there is no '{missing}'; bash eng/fetch-models.sh gets it, or name its folder: --models DIR");
            return;
        }

        BenchmarkContext.Say(Name);
        var data = Directory.CreateTempSubdirectory("edgeai-bench-").FullName;
        try
        {
            await using var edge = EdgeRuntime.Create(options => options.DataDirectory = data);
            await edge.Store.ImportAsync("small", ModelSource.FromFile(Path.Combine(context.Options.Models, Small)));
            await edge.Store.ImportAsync("large", ModelSource.FromFile(Path.Combine(context.Options.Models, Large)));
            await MeasureLoadsAsync(context, edge);
            await MeasureRunsAsync(context, edge, "small", Name + "_run", runs: 50, new ModelInputs
            {
                ["input"] = TensorValue.Create(new float[512], 1, 512),
                ["state"] = TensorValue.Create(new float[256], 2, 1, 128),
                ["sr"] = TensorValue.Create(new long[] { 16000 }),
            });
            await MeasureRunsAsync(context, edge, "large", Name + "_large_run", runs: 1, new ModelInputs { ["x"] = TensorValue.Create(new float[3 * 640 * 640], 1, 3, 640, 640) });
            context.Report.Add(Name + "_private_mb", edge.Engine.GetMemory().Models.First(model => model.Isolation == ModelIsolation.OutOfProcess && model.Reference.Name == "small").Memory.Private / 1e6, Measurement.Ours, Measurement.Megabytes);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static async Task MeasureLoadsAsync(BenchmarkContext context, EdgeRuntime edge)
    {
        var (inside, outside) = (new List<double>(), new List<double>());
        for (var round = 0; round < context.Options.Repeats * 3; round++)
        {
            foreach (var (isolation, times) in new[] { (ModelIsolation.InProcess, inside), (ModelIsolation.OutOfProcess, outside) })
            {
                var started = Stopwatch.GetTimestamp();
                await (await edge.Engine.LoadAsync("small", Options(isolation, keepAlive: TimeSpan.Zero))).DisposeAsync();
                times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
        }

        context.Report.Add(Name + "_load", BenchmarkContext.Median(outside), Measurement.Ours, Measurement.Milliseconds);
        context.Report.Add(Name + "_load", BenchmarkContext.Median(inside), "in process", Measurement.Milliseconds);
    }

    private static async Task MeasureRunsAsync(BenchmarkContext context, EdgeRuntime edge, string model, string name, int runs, ModelInputs inputs)
    {
        await using var inside = await edge.Engine.LoadAsync(model, Options(ModelIsolation.InProcess, TimeSpan.FromMinutes(5)));
        await using var outside = await edge.Engine.LoadAsync(model, Options(ModelIsolation.OutOfProcess, TimeSpan.FromMinutes(5)));
        var (near, far) = (new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            near.Add(Time(inside));
            far.Add(Time(outside));
        }

        context.Report.Add(name, BenchmarkContext.Median(far) * MicrosecondsInMillisecond, Measurement.Ours, Measurement.Microseconds);
        context.Report.Add(name, BenchmarkContext.Median(near) * MicrosecondsInMillisecond, "in process", Measurement.Microseconds);

        double Time(IModelLease lease)
        {
            lease.Run(inputs).Dispose();
            var started = Stopwatch.GetTimestamp();
            for (var run = 0; run < runs; run++)
            {
                lease.Run(inputs).Dispose();
            }

            return Stopwatch.GetElapsedTime(started).TotalMilliseconds / runs;
        }
    }

    private static ModelLoadOptions Options(ModelIsolation isolation, TimeSpan keepAlive) => new() { Isolation = isolation, KeepAlive = keepAlive };
}
