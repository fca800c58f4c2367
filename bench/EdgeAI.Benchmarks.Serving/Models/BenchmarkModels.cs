using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using EdgeAI.Inference;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Onnx;

namespace EdgeAI.Benchmarks.Serving.Models;

/// <summary>The models that are served: a tiny one, one with a large input, and one whose rows gain from sharing a run.</summary>
internal static class BenchmarkModels
{
    public const string SileroName = "silero";
    public const string DetectionName = "det";
    public const string ClassifierName = "classifier";
    public const string SileroFile = "silero_vad_v5.onnx";
    public const string DetectionFile = "ch_PP-OCRv4_det_infer.onnx";
    public const string ClassifierFile = "serving-classifier.onnx";
    public const int Window = 512;
    public const int Side = 640;
    public const int Width = 1024;

    private const string Octets = "application/octet-stream";
    private const int Layers = 8;

    public static ServedBenchmarkModel Silero { get; } = MakeSilero();

    public static ServedBenchmarkModel Detection { get; } = MakeBinary(DetectionName, DetectionFile, "x", [1, 3, Side, Side]) with { SecondsFactor = 5 };

    public static ServedBenchmarkModel Classifier { get; } = MakeBinary(ClassifierName, ClassifierFile, "features", [1, Width]);

    /// <summary>Makes the classifier's file when it is not there: dense layers with 32 MiB of weights, so that memory is the bound of one row, and rows that share a run share the reading.</summary>
    public static void EnsureClassifier(string folder)
    {
        var path = Path.Combine(folder, ClassifierFile);
        if (File.Exists(path))
        {
            return;
        }

        var builder = new OnnxModelBuilder();
        var graph = builder.Graph.Input("features", OnnxType.Tensor(ElementType.Float32, "batch", Width)).Output("logits", OnnxType.Tensor(ElementType.Float32, "batch", Width));
        var value = "features";
        for (var i = 0; i < Layers; i++)
        {
            graph.Initializer(OnnxTensor.Create($"w{i}", [.. SeededRandom.Floats(i, Width * Width).Select(weight => weight * 0.04f)], Width, Width));
            var next = i == Layers - 1 ? "logits" : $"sum{i}";
            graph.Node("MatMul", [value, $"w{i}"], [next]);
            if (i < Layers - 1)
            {
                graph.Node("Relu", [next], [$"h{i}"]);
            }

            value = $"h{i}";
        }

        File.WriteAllBytes(path, builder.Build());
    }

    private static ServedBenchmarkModel MakeSilero()
    {
        var samples = SeededRandom.Floats(1, Window);
        var state = new float[2 * 128];
        var edge = JsonSerializer.SerializeToUtf8Bytes(new
        {
            inputs = new object[]
            {
                new { name = "input", shape = new[] { 1, Window }, datatype = "FP32", data = samples },
                new { name = "state", shape = new[] { 2, 1, 128 }, datatype = "FP32", data = state },
                new { name = "sr", shape = Array.Empty<int>(), datatype = "INT64", data = new[] { 16000 } },
            },
        });
        return new(SileroName, SileroFile, edge, 0, JsonSerializer.SerializeToUtf8Bytes(new { input = samples, state, sr = 16000 }), "application/json");
    }

    private static ServedBenchmarkModel MakeBinary(string name, string file, string input, int[] shape)
    {
        var data = MemoryMarshal.AsBytes<float>(SeededRandom.Floats(2, shape.Aggregate(1, (count, size) => count * size))).ToArray();
        var header = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new
        {
            inputs = new[] { new { name = input, shape, datatype = "FP32", parameters = new { binary_data_size = data.Length } } },
            parameters = new { binary_data_output = true },
        }));
        return new(name, file, [.. header, .. data], header.Length, data, Octets);
    }
}
