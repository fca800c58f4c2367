using EdgeAI.Benchmarks.Runtime.Probes;
using EdgeAI.Benchmarks.Runtime.Reporting;

namespace EdgeAI.Benchmarks.Runtime.Measures;

/// <summary><c>telemetry_over_run</c>: what listeners cost a run of Silero's voice detector, of some 65 µs.</summary>
internal sealed class TelemetryMeasure : IMeasure
{
    private const string Name = "telemetry_over_run";
    private const string File = "silero_vad_v5.onnx";
    private const string Silence = "nobody listening";

    public async Task RunAsync(BenchmarkContext context)
    {
        if (!context.Options.Wants(Name))
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
        var results = new List<TelemetryResult>();
        for (var i = 0; i < context.Options.Repeats; i++)
        {
            results.Add(await TelemetryProbe.StartAsync(model));
        }

        context.Report.Add(Name, Median(result => result.Metrics), Silence, Measurement.Ratio);
        context.Report.Add(Name + "_traced", Median(result => result.Traces), Silence, Measurement.Ratio);
        context.Report.Add(Name + "_noise", Median(result => result.SilentAgain), Silence, Measurement.Ratio);
        context.Report.Add(Name + "_bytes", Median(result => result.MetricsBytes), Measurement.Ours, Measurement.Bytes);
        context.Report.Add(Name + "_alone", Median(result => result.MetricsAlone), Measurement.Ours, Measurement.Nanoseconds);
        context.Report.Add(Name + "_alone_silent", Median(result => result.SilentAlone), Measurement.Ours, Measurement.Nanoseconds);

        double Median(Func<TelemetryResult, double> value) => BenchmarkContext.Median(results.Select(value));
    }
}
