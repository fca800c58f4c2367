using System.Numerics;
using EdgeAI.Inference;
using EdgeAI.Samples.Geometry;
using EdgeAI.Samples.Imaging;

namespace EdgeAI.Samples.Ocr;

/// <summary>Finds the lines of text in a picture.</summary>
internal sealed class TextDetector(IModelLease model)
{
    private const int SideStep = 32;

    // ImageNet's statistics, which the model applies to planes in the order blue, green, red.
    private static readonly PixelNormalization Normalization = new([0.485f, 0.456f, 0.406f], [0.229f, 0.224f, 0.225f]);

    private readonly string _input = model.Signature.Inputs[0].Name;

    /// <summary>The longest side that the model sees; larger pictures are scaled down for it.</summary>
    public int SideLimit { get; init; } = 1280;

    public TextMapDecoder Decoder { get; init; } = new();

    /// <summary>The lines, in reading order.</summary>
    public async Task<IReadOnlyList<DetectedText>> DetectAsync(Picture picture, CancellationToken cancellationToken)
    {
        var (width, height) = GetModelSize(picture.Width, picture.Height);
        var tensor = new float[3 * width * height];
        Normalization.Write(picture.Sample(Quad.FromSize(picture.Width, picture.Height), width, height), width, tensor, width);

        var inputs = new ModelInputs { [_input] = TensorValue.Create(tensor, 1, 3, height, width) };
        using var outputs = await model.RunAsync(inputs, cancellationToken);

        var scale = new Vector2((float)picture.Width / width, (float)picture.Height / height);
        var lines = Decoder
            .Decode(outputs[0].AsTensor().AsSpan<float>(), width)
            .Select(found => new DetectedText(found.Box.Upright().ToQuad().Scale(scale), found.Score));
        return ReadingOrder.Sort(lines);
    }

    private (int Width, int Height) GetModelSize(int width, int height)
    {
        var scale = Math.Min(1, (float)SideLimit / Math.Max(width, height));
        return (RoundSide(width * scale), RoundSide(height * scale));
    }

    private static int RoundSide(float side) => Math.Max(SideStep, (int)MathF.Round(side / SideStep) * SideStep);
}
