using EdgeAI.Benchmarks.Runtime.Probes;
using EdgeAI.Benchmarks.Runtime.Reporting;

namespace EdgeAI.Benchmarks.Runtime.Measures;

/// <summary><c>tiny_run_over_ort</c> and <c>tiny_run_bytes</c>: a run of Silero's voice detector by a binding.</summary>
internal sealed class TinyRunMeasure : IMeasure
{
    private const string Name = "tiny_run";
    private const string File = "silero_vad_v5.onnx";

    public async Task RunAsync(BenchmarkContext context)
    {
        if (!context.Options.Wants(Name + "_over_ort") && !context.Options.Wants(Name + "_bytes"))
        {
            return;
        }

        var model = Path.Combine(context.Options.Models, File);
        if (!System.IO.File.Exists(model))
        {
            BenchmarkContext.Say($"{Name} is left out: there is no '{model}'; bash eng/fetch-models.sh gets it, or name its folder: --models DIR");
            return;
        }

        BenchmarkContext.Say(Name);
        var results = new List<TinyRunResult>();
        for (var i = 0; i < context.Options.Repeats; i++)
        {
            results.Add(await TinyRunProbe.StartAsync(model));
        }

        context.Report.Add(Name + "_over_ort", Median(result => result.Ratio), Measurement.Bare, Measurement.Ratio);
        context.Report.Add(Name, Median(result => result.Edge), Measurement.Ours, Measurement.Microseconds);
        context.Report.Add(Name, Median(result => result.Bare), Measurement.Bare, Measurement.Microseconds);
        context.Report.Add(Name + "_bytes", Median(result => result.EdgeBytes), Measurement.Ours, Measurement.Bytes);
        context.Report.Add(Name + "_bytes", Median(result => result.BareBytes), Measurement.Bare, Measurement.Bytes);

        double Median(Func<TinyRunResult, double> value) => BenchmarkContext.Median(results.Select(value));
    }
}
