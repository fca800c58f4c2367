using System.Globalization;
using EdgeAI.Benchmarks.Runtime.Models;
using EdgeAI.Inference;

namespace EdgeAI.Benchmarks.Runtime.Swapping;

/// <summary>A model of random square products, one after the other: 4 MiB a layer.</summary>
internal sealed record LayeredModel(int Number, int Layers)
{
    public const string InputName = "x";

    private const int Width = 1024;
    private const int BytesPerLayer = Width * Width * sizeof(float);

    public static readonly long[] Shape = [1, Width];

    public string Name => string.Create(CultureInfo.InvariantCulture, $"layers-{Number}-{Layers}");

    public long Bytes => (long)Layers * BytesPerLayer;

    /// <summary>Models whose sizes go evenly from one to another, in an order of chance.</summary>
    public static LayeredModel[] Spread(int count, long smallest, long largest)
    {
        var models = Enumerable.Range(0, count)
            .Select(i => new LayeredModel(i, (int)Math.Max(1, (smallest + ((largest - smallest) * i / Math.Max(1, count - 1))) / BytesPerLayer)))
            .ToArray();
        new Random(20260101).Shuffle(models);
        return models;
    }

    /// <summary>Makes the file when it is not there.</summary>
    public string Ensure(string folder)
    {
        var path = Path.Combine(folder, Name + ".onnx");
        if (!File.Exists(path))
        {
            using var onnx = new OnnxFile();
            onnx.Input(InputName, WeightTensor.Float, 1, Width);
            var value = InputName;
            for (var i = 0; i < Layers; i++)
            {
                var weight = onnx.Add(new WeightTensor($"w{i}", WeightTensor.Float, sizeof(float), [Width, Width], WeightFill.Noise, 0.03f));
                value = onnx.Node("MatMul", [value, weight], i == Layers - 1 ? "y" : $"h{i}", string.Empty);
            }

            onnx.Output("y", WeightTensor.Float, 1, Width);
            onnx.Save(path);
        }

        return path;
    }

    public static float[] MakeInput() => [.. Enumerable.Range(0, Width).Select(i => (i % 7) - 3f)];

    public static ModelInputs MakeInputs(float[] input) => new() { [InputName] = TensorValue.Create(input, Shape) };
}
