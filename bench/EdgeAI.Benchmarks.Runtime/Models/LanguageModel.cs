namespace EdgeAI.Benchmarks.Runtime.Models;

/// <summary>A decoder of random weights in a language model's shape: heads of 64, no cache, every token sees every other.</summary>
/// <param name="Name">What its file is called.</param>
/// <param name="Kind">How its products keep their weights.</param>
/// <param name="Layers">How many layers.</param>
/// <param name="Hidden">The width, a multiple of 64.</param>
/// <param name="Inner">The width within a feed-forward part.</param>
/// <param name="Vocabulary">How many tokens there are.</param>
internal sealed record LanguageModel(string Name, WeightKind Kind, int Layers, int Hidden, int Inner, int Vocabulary)
{
    /// <summary>1.5 GB of 32-bit floats.</summary>
    public static LanguageModel Large { get; } = new("llm-fp32", WeightKind.Fp32, 22, 1024, 2816, 32000);

    /// <summary>1.1 GB, most of it in four bits.</summary>
    public static LanguageModel LargeInt4 { get; } = new("llm-int4", WeightKind.Int4, 24, 2048, 5632, 32000);

    /// <summary>1.1 GB, most of it in eight bits.</summary>
    public static LanguageModel LargeInt8 { get; } = new("llm-int8", WeightKind.Int8, 30, 1536, 4096, 32000);

    public static IReadOnlyList<LanguageModel> All { get; } = [Large, LargeInt4, LargeInt8];

    /// <summary>The model with fewer layers.</summary>
    public LanguageModel Shrink(int layers) =>
        layers >= Layers ? this : new($"{Name}-{layers}", Kind, layers, Hidden, Inner, Vocabulary);

    /// <summary>Makes the file when it is not there.</summary>
    public string Ensure(string folder)
    {
        var path = Path.Combine(folder, Name + ".onnx");
        if (!File.Exists(path))
        {
            using var onnx = new OnnxFile();
            new LanguageGraph(this, onnx).Build();
            onnx.Save(path);
        }

        return path;
    }
}
