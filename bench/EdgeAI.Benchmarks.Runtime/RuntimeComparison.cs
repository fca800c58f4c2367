using EdgeAI.Benchmarks.Runtime.Batching;
using EdgeAI.Benchmarks.Runtime.Measures;
using EdgeAI.Benchmarks.Runtime.Models;
using EdgeAI.Benchmarks.Runtime.Reporting;
using EdgeAI.Benchmarks.Runtime.Scheduling;
using EdgeAI.Benchmarks.Runtime.Swapping;

namespace EdgeAI.Benchmarks.Runtime;

/// <summary>Measures the runtime beside bare ONNX Runtime, one measure after the other, and prints a table.</summary>
internal static class RuntimeComparison
{
    private static readonly IMeasure[] Measures =
    [
        new LargeModelMeasure(string.Empty, LanguageModel.Large),
        new LargeModelMeasure("int4_", LanguageModel.LargeInt4),
        new LargeModelMeasure("int8_", LanguageModel.LargeInt8),
        new LargerThanMemoryMeasure(),
        new TinyRunMeasure(),
        new TelemetryMeasure(),
        new SwapTimeMeasure(),
        new SwapDriftMeasure(),
        new ZipfMeasure(),
        new BatchingMeasure(),
        new TwoDevicesMeasure(),
        new IsolationMeasure(),
    ];

    public static async Task<int> RunAsync(BenchmarkOptions options)
    {
        Directory.CreateDirectory(options.Work);
        BenchmarkContext.Say($"models and stores are made in {options.Work}, and stay there for the next time");
        var context = new BenchmarkContext(options, new Report());
        foreach (var measure in Measures)
        {
            await measure.RunAsync(context);
        }

        Console.WriteLine(context.Report.ToMarkdown());
        if (options.Json is not null)
        {
            await File.WriteAllTextAsync(options.Json, context.Report.ToJson());
        }

        return context.Report.IsEmpty ? throw new ArgumentException($"No measure is called '{string.Join(',', options.Only)}', or it had nothing to measure.") : 0;
    }
}
