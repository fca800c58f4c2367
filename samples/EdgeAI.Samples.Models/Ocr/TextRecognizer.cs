using EdgeAI.Inference;
using EdgeAI.Samples.Geometry;
using EdgeAI.Samples.Imaging;

namespace EdgeAI.Samples.Ocr;

/// <summary>Reads lines of text.</summary>
internal sealed class TextRecognizer(IModelLease model, CharacterSet characters)
{
    private const int Height = 48;
    private const int WidthStep = 8;
    private const int MinimumWidth = 96;
    private const int MaximumWidth = 4800;

    private readonly string _input = model.Signature.Inputs[0].Name;
    private readonly CtcDecoder _decoder = new(characters);

    public async Task<RecognizedText> RecognizeAsync(Picture picture, Quad line, CancellationToken cancellationToken)
    {
        var width = Math.Clamp((int)MathF.Ceiling(Height * line.Width / line.Height), 1, MaximumWidth);
        var paddedWidth = Math.Max(MinimumWidth, (width + WidthStep - 1) / WidthStep * WidthStep);
        var tensor = new float[3 * Height * paddedWidth];
        PixelNormalization.Symmetric.Write(picture.Sample(line, width, Height), width, tensor, paddedWidth);

        var inputs = new ModelInputs { [_input] = TensorValue.Create(tensor, 1, 3, Height, paddedWidth) };
        using var outputs = await model.RunAsync(inputs, cancellationToken);
        return _decoder.Decode(outputs[0].AsTensor().AsSpan<float>());
    }
}
