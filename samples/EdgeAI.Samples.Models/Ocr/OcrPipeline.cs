using System.Runtime.CompilerServices;
using EdgeAI.Pipelines;
using EdgeAI.Samples.Geometry;
using EdgeAI.Samples.Imaging;
using EdgeAI.Samples.Timing;

namespace EdgeAI.Samples.Ocr;

/// <summary>Reads the text in a picture: detects lines, turns those that are upside down, and recognises them. While one line is recognised the next one is turned.</summary>
/// <remarks>
/// Lines are recognised one at a time. A run of one line keeps all cores of a CPU busy: several at once, or in a batch, take as long in all, and the first of them would come later.
/// </remarks>
internal sealed class OcrPipeline
{
    // From this ratio of height to width on, a box is a line that runs down the page.
    private const float VerticalRatio = 1.5f;

    private readonly OcrModels _models;
    private readonly CharacterSet _characters;
    private readonly Timeline _timeline;
    private readonly Pipeline<Picture, TextLine> _pipeline;

    public OcrPipeline(OcrModels models, CharacterSet characters, Timeline timeline)
    {
        _models = models;
        _characters = characters;
        _timeline = timeline;
        _pipeline = Pipeline.From<Picture>()
            .ThenMany(DetectAsync, new StageOptions { Name = "detect" })
            .Then(TurnAsync, new StageOptions { Name = "turn" })
            .Then(RecognizeAsync, new StageOptions { Name = "recognise" });
    }

    /// <summary>Lines that are read with less confidence are left out.</summary>
    public float MinimumConfidence { get; init; } = 0.5f;

    /// <summary>
    /// The lines in reading order, each as soon as it is read. Detection begins with the call, not with the first line that is asked for.
    /// </summary>
    public IAsyncEnumerable<TextLine> ReadAsync(Picture picture, CancellationToken cancellationToken = default) =>
        _pipeline.Start([picture], cancellationToken).Where(line => line.Confidence >= MinimumConfidence);

    private async IAsyncEnumerable<(Picture Picture, Quad Area)> DetectAsync(Picture picture, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var detector = new TextDetector(await _models.Detection);
        IReadOnlyList<DetectedText> found;
        using (_timeline.Measure(Stage.Detect))
        {
            found = await detector.DetectAsync(picture, cancellationToken);
        }

        foreach (var (area, _) in found)
        {
            yield return (picture, area.Height >= area.Width * VerticalRatio ? area.TurnQuarter() : area);
        }
    }

    private async ValueTask<(Picture Picture, Quad Line)> TurnAsync((Picture Picture, Quad Area) found, CancellationToken cancellationToken)
    {
        var classifier = new DirectionClassifier(await _models.Classification);
        using var measured = _timeline.Measure(Stage.Classify);
        return (found.Picture, await classifier.IsUpsideDownAsync(found.Picture, found.Area, cancellationToken) ? found.Area.TurnHalf() : found.Area);
    }

    private async ValueTask<TextLine> RecognizeAsync((Picture Picture, Quad Line) turned, CancellationToken cancellationToken)
    {
        var recognizer = new TextRecognizer(await _models.Recognition, _characters);
        using var measured = _timeline.Measure(Stage.Recognise);
        var (text, confidence) = await recognizer.RecognizeAsync(turned.Picture, turned.Line, cancellationToken);
        return new TextLine(turned.Line, text, confidence);
    }
}
