using System.Runtime.CompilerServices;
using EdgeAI.Samples.Geometry;
using EdgeAI.Samples.Imaging;
using EdgeAI.Samples.Timing;

namespace EdgeAI.Samples.Ocr;

/// <summary>Reads the text in a picture: detects lines, turns those that are upside down, and recognises one after the other.</summary>
/// <remarks>A batch of lines takes a CPU as long as the same lines one by one, and the first of them would come with the last.</remarks>
internal sealed class OcrPipeline(OcrModels models, CharacterSet characters, Timeline timeline)
{
    // From this ratio of height to width on, a box is a line that runs down the page.
    private const float VerticalRatio = 1.5f;

    /// <summary>Lines that are read with less confidence are left out.</summary>
    public float MinimumConfidence { get; init; } = 0.5f;

    /// <summary>
    /// The lines in reading order, each as soon as it is read. Detection begins with the call, not with the first line that is asked for.
    /// </summary>
    public IAsyncEnumerable<TextLine> ReadAsync(Picture picture, CancellationToken cancellationToken = default) =>
        ReadLinesAsync(picture, DetectAsync(picture, cancellationToken), cancellationToken);

    private async Task<IReadOnlyList<DetectedText>> DetectAsync(Picture picture, CancellationToken cancellationToken)
    {
        var detector = new TextDetector(await models.Detection);
        using var measured = timeline.Measure(Stage.Detect);
        return await detector.DetectAsync(picture, cancellationToken);
    }

    private async IAsyncEnumerable<TextLine> ReadLinesAsync(
        Picture picture,
        Task<IReadOnlyList<DetectedText>> detection,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var found = await detection;
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
