using EdgeAI.Models;

namespace EdgeAI.Providers.Onnx;

/// <summary>
/// Decides whether weights are packed anew in private memory. Measured with ONNX Runtime 1.31.1: without packing, 4-bit products are about 60 times
/// slower and 8-bit ones 4 times, float products 1 to 2.5 times, convolutions not at all (their layout is in the optimised graph).
/// </summary>
internal static class WeightPackingPolicy
{
    // Up to here a private copy costs less than anybody would notice, and the speed is felt.
    private const long SmallModel = 32L << 20;

    private static readonly string[] QuantizedMarks = ["Quantize", "QLinear", "QGemm", "QAttention", "Integer", "NBits", "Bnb4"];

    public static bool IsWorthwhile(ModelManifest manifest, long weightsLength) =>
        weightsLength <= SmallModel || manifest.Operators.Any(IsQuantized);

    private static bool IsQuantized(string operatorType) =>
        QuantizedMarks.Any(mark => operatorType.Contains(mark, StringComparison.Ordinal));
}
