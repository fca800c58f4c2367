using EdgeAI.Inference;
using EdgeAI.Samples.Geometry;
using EdgeAI.Samples.Imaging;

namespace EdgeAI.Samples.Ocr;

/// <summary>Says which lines are upside down.</summary>
internal sealed class DirectionClassifier(IModelLease model)
{
    private const int Width = 192;
    private const int Height = 48;

    private readonly string _input = model.Signature.Inputs[0].Name;

    /// <summary>How sure the model must be that a line is upside down.</summary>
    public float Threshold { get; init; } = 0.9f;

    /// <summary>Whether a line reads from the right side to the left one.</summary>
    public async Task<bool> IsUpsideDownAsync(Picture picture, Quad line, CancellationToken cancellationToken)
    {
        var tensor = new float[3 * Height * Width];
        var width = Math.Clamp((int)MathF.Ceiling(Height * line.Width / line.Height), 1, Width);
        PixelNormalization.Symmetric.Write(picture.Sample(line, width, Height), width, tensor, Width);

        var inputs = new ModelInputs { [_input] = TensorValue.Create(tensor, 1, 3, Height, Width) };
        using var outputs = await model.RunAsync(inputs, cancellationToken);
        return outputs[0].AsTensor().AsSpan<float>()[1] > Threshold;
    }
}
