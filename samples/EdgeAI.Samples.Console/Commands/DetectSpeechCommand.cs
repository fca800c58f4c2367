using System.Globalization;
using EdgeAI.Inference;
using EdgeAI.Samples.CommandLine;
using EdgeAI.Samples.Display;
using EdgeAI.Samples.Models;
using EdgeAI.Samples.Timing;
using EdgeAI.Samples.Voice;

namespace EdgeAI.Samples.Commands;

/// <summary>Finds speech in a recording, and shows what a run of the model takes.</summary>
internal sealed class DetectSpeechCommand(SampleArguments arguments, IDisplay display, Timeline timeline)
{
    private static readonly Column[] Columns =
    [
        new("#", 3, AlignRight: true),
        new("start s", 8, AlignRight: true),
        new("end s", 8, AlignRight: true),
        new("probability", 11, AlignRight: true),
    ];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var path = arguments.Input ?? Path.Combine(AppContext.BaseDirectory, "assets", "sample.wav");
        var recording = WavReader.Read(path);
        await using var edge = EdgeRuntime.Create(options => options.DataDirectory = Path.Combine(arguments.DataDirectory, "edge"));

        var provisioner = new ModelProvisioner(edge.Store, arguments.DataDirectory, NpmClient.Default, display, timeline);
        var provisioned = await provisioner.EnsureAsync(SpeechDetector.Package, arguments.ModelsDirectory, cancellationToken);
        await using var model = await LoadAsync(edge.Engine, cancellationToken);

        display.WriteLine($"Listening to {path} ({recording.Duration.TotalSeconds:0.00} s, {recording.SampleRate} samples a second)");
        var probabilities = Detect(model, Resampler.Resample(recording, SpeechDetector.SampleRate), cancellationToken);
        var segments = new SpeechSegmenter().Split(probabilities).ToList();
        display.ShowTable(Columns, segments.Select(CreateRow));
        ShowRuns(segments.Count, probabilities.Count);
        display.WriteLine($"Models: {provisioned}.");
        new TimesTable(timeline, Stage.Get, Stage.Import, Stage.Load, Stage.Listen).Show(display);
    }

    private async Task<IModelLease> LoadAsync(IInferenceEngine engine, CancellationToken cancellationToken)
    {
        using var measured = timeline.Measure(Stage.Load);
        return await engine.LoadAsync(SpeechDetector.Model, cancellationToken);
    }

    private List<float> Detect(IModelLease model, Recording recording, CancellationToken cancellationToken)
    {
        using var measured = timeline.Measure(Stage.Listen);
        using var detector = new SpeechDetector(model);
        return [.. detector.DetectAll(recording, cancellationToken)];
    }

    private void ShowRuns(int segments, int runs)
    {
        var perRun = timeline[Stage.Listen] / runs;
        display.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{(segments == 0 ? "No speech was found. " : "")}{runs} runs of the model, {perRun.TotalMicroseconds:0} µs each."));
    }

    private static string[] CreateRow(SpeechSegment segment, int index) =>
    [
        (index + 1).ToString(CultureInfo.InvariantCulture),
        segment.Start.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture),
        segment.End.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture),
        segment.Probability.ToString("0.00", CultureInfo.InvariantCulture),
    ];
}
