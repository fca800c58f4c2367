using System.Diagnostics;
using EdgeAI.Benchmarks.Runtime.Measures;
using EdgeAI.Benchmarks.Runtime.Models;
using EdgeAI.Benchmarks.Runtime.Reporting;
using Microsoft.ML.OnnxRuntime;

namespace EdgeAI.Benchmarks.Runtime.Swapping;

/// <summary><c>swap_out_in_ms</c>: a large model out of memory and in again with a warm page cache, beside closing a session and opening the file anew.</summary>
internal sealed class SwapTimeMeasure : IMeasure
{
    public const string Name = "swap_out_in_ms";

    private const int SwapsPerTurn = 5;

    public async Task RunAsync(BenchmarkContext context)
    {
        if (!context.Options.Wants(Name))
        {
            return;
        }

        var model = LanguageModel.Large.Shrink(context.Options.Layers);
        BenchmarkContext.Say($"{Name}: {model.Name}");
        var file = model.Ensure(context.Folder("models"));
        await using var edge = EdgeRuntime.Create(options => options.DataDirectory = context.Folder("data-" + model.Name));
        await SwapModels.ImportAsync(edge, model.Name, file);
        await using var lease = await edge.Engine.LoadAsync(model.Name);
        var (ours, bare) = (new List<double>(), new List<double>());
        for (var turn = 0; turn < context.Options.Repeats; turn++)
        {
            for (var i = 0; i < SwapsPerTurn; i++)
            {
                var clock = Stopwatch.StartNew();
                await edge.Engine.SwapOutAsync(model.Name);
                await edge.Engine.SwapInAsync(model.Name);
                ours.Add(clock.Elapsed.TotalMilliseconds);
            }

            bare.Add(TimeBare(file));
        }

        context.Report.Add(Name, BenchmarkContext.Median(ours), Measurement.Ours, Measurement.Milliseconds);
        context.Report.Add(Name, BenchmarkContext.Median(bare), Measurement.Bare, Measurement.Milliseconds);
    }

    private static double TimeBare(string file)
    {
        var session = new InferenceSession(file);
        var clock = Stopwatch.StartNew();
        session.Dispose();
        using var again = new InferenceSession(file);
        return clock.Elapsed.TotalMilliseconds;
    }
}
