using System.Runtime.CompilerServices;
using EdgeAI.Samples.Geometry;
using EdgeAI.Samples.Imaging;
using EdgeAI.Samples.Timing;

namespace EdgeAI.Samples.Ocr;

/// <summary>Reads the text in a picture: detects lines, turns those that are upside down, and recognises one after the other.</summary>
internal sealed class OcrPipeline(OcrModels models, CharacterSet characters, Timeline timeline)
{
    // From this ratio of height to width on, a box is a line that runs down the page.
    private const float VerticalRatio = 1.5f;

    /// <summary>Lines that are read with less confidence are left out.</summary>
    public float MinimumConfidence { get; init; } = 0.5f;

    /// <summary>The lines in reading order, each as soon as it is read.</summary>
    public async IAsyncEnumerable<TextLine> ReadAsync(Picture picture, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var detector = new TextDetector(await models.Detection);
        IReadOnlyList<DetectedText> found;
        using (timeline.Measure(Stage.Detect))
        {
            found = await detector.DetectAsync(picture, cancellationToken);
        }

        var classifier = new DirectionClassifier(await models.Classification);
        var recognizer = new TextRecognizer(await models.Recognition, characters);
        foreach (var (area, _) in found)
        {
            var line = await ReadLineAsync(classifier, recognizer, picture, area, cancellationToken);
            if (line.Confidence >= MinimumConfidence)
            {
                yield return line;
            }
        }
    }

    private async Task<TextLine> ReadLineAsync(
        DirectionClassifier classifier,
        TextRecognizer recognizer,
        Picture picture,
        Quad area,
        CancellationToken cancellationToken)
    {
        var line = area.Height >= area.Width * VerticalRatio ? area.TurnQuarter() : area;
        using (timeline.Measure(Stage.Classify))
        {
            line = await classifier.IsUpsideDownAsync(picture, line, cancellationToken) ? line.TurnHalf() : line;
        }

        using (timeline.Measure(Stage.Recognise))
        {
            var (text, confidence) = await recognizer.RecognizeAsync(picture, line, cancellationToken);
            return new TextLine(line, text, confidence);
        }
    }
}
