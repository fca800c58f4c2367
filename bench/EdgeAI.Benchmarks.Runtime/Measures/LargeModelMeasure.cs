using EdgeAI.Benchmarks.Runtime.Models;
using EdgeAI.Benchmarks.Runtime.Probes;
using EdgeAI.Benchmarks.Runtime.Reporting;

namespace EdgeAI.Benchmarks.Runtime.Measures;

/// <summary>
/// What it takes to load a large model from the hot tier with a warm page cache, and to run it: <c>session_ready_over_ort</c> in a new process, <c>session_ready_again_over_ort</c> in one that has loaded before, <c>first_result_over_ort</c>, <c>private_mb</c>,
/// <c>second_session_private_mb</c>, and <c>steady_over_ort</c>, the worst of one token and of 16, when packed weights are in; before that it is <c>steady_before_over_ort</c>.
/// </summary>
internal sealed class LargeModelMeasure(string prefix, LanguageModel model) : IMeasure
{
    // Under a prefix "ready" is short enough.
    private readonly string _ready = prefix + (prefix.Length == 0 ? "session_ready" : "ready");

    private string[] Names =>
    [
        $"{_ready}_over_ort", $"{_ready}_again_over_ort", $"{prefix}first_result_over_ort", $"{prefix}private_mb", $"{prefix}second_session_private_mb", $"{prefix}steady_over_ort",
        $"{prefix}steady_before_over_ort",
    ];

    private bool HasStages => model.Kind == WeightKind.Fp32;

    public async Task RunAsync(BenchmarkContext context)
    {
        if (!Names.Any(context.Options.Wants))
        {
            return;
        }

        var shrunk = model.Shrink(context.Options.Layers);
        BenchmarkContext.Say($"{string.Join(", ", Names.Where(context.Options.Wants))}: {shrunk.Name}");
        var file = shrunk.Ensure(context.Folder("models"));
        var data = context.Folder("data-" + shrunk.Name);
        await ModelProbe.PrepareAsync(file, data);
        var (bare, ours, before) = (new List<ProbeResult>(), new List<ProbeResult>(), new List<ProbeResult>());
        for (var i = 0; i < context.Options.Repeats; i++)
        {
            bare.Add(await ModelProbe.BareAsync(file));
            ours.Add(await ModelProbe.EdgeAsync(file, data, ModelProbe.Packed));
            if (HasStages)
            {
                before.Add(await ModelProbe.EdgeAsync(file, data, ModelProbe.Mapped));
            }
        }

        Add(context.Report, bare, ours, before);
    }

    private static double Median(List<ProbeResult> results, Func<ProbeResult, double> value) => BenchmarkContext.Median(results.Select(value));

    private void Add(Report report, List<ProbeResult> bare, List<ProbeResult> ours, List<ProbeResult> before)
    {
        report.Compare(_ready, Median(ours, result => result.Ready), Median(bare, result => result.Ready), Measurement.Milliseconds);
        report.Compare(_ready + "_again", Median(ours, result => result.ReadyAgain), Median(bare, result => result.ReadyAgain), Measurement.Milliseconds);
        report.Compare(prefix + "first_result", Median(ours, result => result.FirstResult), Median(bare, result => result.FirstResult), Measurement.Milliseconds);
        Both("private_mb", result => result.Private);
        Both("second_session_private_mb", result => result.SecondPrivate);
        AddSteady("steady", ours, bare);
        if (before.Count > 0)
        {
            AddSteady("steady_before", before, bare);
        }

        void Both(string name, Func<ProbeResult, double> value)
        {
            report.Add(prefix + name, Median(ours, value), Measurement.Ours, Measurement.Megabytes);
            report.Add(prefix + name, Median(bare, value), Measurement.Bare, Measurement.Megabytes);
        }

        void AddSteady(string name, List<ProbeResult> sides, List<ProbeResult> peers)
        {
            var one = Median(sides, result => result.SteadyOne) / Median(peers, result => result.SteadyOne);
            var many = Median(sides, result => result.SteadyMany) / Median(peers, result => result.SteadyMany);
            report.Add($"{prefix}{name}_over_ort", Math.Max(one, many), Measurement.Bare, Measurement.Ratio);
            report.Add($"{prefix}{name}_seq1", Median(sides, result => result.SteadyOne), Measurement.Ours, Measurement.Milliseconds);
            report.Add($"{prefix}{name}_seq1", Median(peers, result => result.SteadyOne), Measurement.Bare, Measurement.Milliseconds);
            report.Add($"{prefix}{name}_seq16", Median(sides, result => result.SteadyMany), Measurement.Ours, Measurement.Milliseconds);
            report.Add($"{prefix}{name}_seq16", Median(peers, result => result.SteadyMany), Measurement.Bare, Measurement.Milliseconds);
        }
    }
}
