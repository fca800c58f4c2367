using EdgeAI.Benchmarks.Runtime.Models;
using EdgeAI.Inference;

namespace EdgeAI.Benchmarks.Runtime.Batching;

/// <summary>A classifier of dense layers, 32 MiB of weights, over any number of rows. One row reads all weights for one product each: memory is its bound, and rows that share a run share the reading.</summary>
internal static class BatchableClassifier
{
    public const string Name = "classifier-8";

    private const int Layers = 8;
    private const int Width = 1024;
    private const string InputName = "features";

    /// <summary>Makes the file when it is not there.</summary>
    public static string Ensure(string folder)
    {
        var path = Path.Combine(folder, Name + ".onnx");
        if (!File.Exists(path))
        {
            using var onnx = new OnnxFile();
            onnx.Input(InputName, WeightTensor.Float, "batch", Width);
            var value = InputName;
            for (var i = 0; i < Layers; i++)
            {
                var weight = onnx.Add(new WeightTensor($"w{i}", WeightTensor.Float, sizeof(float), [Width, Width], WeightFill.Noise, 0.04f));
                value = onnx.Node("MatMul", [value, weight], i == Layers - 1 ? "logits" : $"sum{i}", string.Empty);
                value = i == Layers - 1 ? value : onnx.Node("Relu", [value], $"h{i}", string.Empty);
            }

            onnx.Output("logits", WeightTensor.Float, "batch", Width);
            onnx.Save(path);
        }

        return path;
    }

    /// <summary>One row.</summary>
    public static ModelInputs MakeInputs(int seed)
    {
        var random = new Random(seed);
        var row = new float[Width];
        for (var i = 0; i < row.Length; i++)
        {
            row[i] = random.NextSingle() - 0.5f;
        }

        return new ModelInputs { [InputName] = TensorValue.Create(row, 1, Width) };
    }
}
