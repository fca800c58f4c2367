using EdgeAI.Configuration;
using EdgeAI.Models;

namespace EdgeAI.Providers.Onnx;

/// <summary>
/// Decides how weights are packed for the processor's kernels. Measured with ONNX Runtime 1.31.1: without packing, 4-bit products are about 60 times
/// slower and 8-bit ones 4 times, float products 1 to 2.5 times, convolutions not at all (their layout is in the optimised graph).
/// </summary>
internal static class WeightPackingPolicy
{
    // Up to here a private copy costs less than anybody would notice, and the speed is felt.
    private const long SmallModel = 32L << 20;

    private static readonly string[] QuantizedMarks = ["Quantize", "QLinear", "QGemm", "QAttention", "Integer", "NBits", "Bnb4"];
    private static readonly string[] ProductMarks = ["MatMul", "Gemm", "Attention"];

    public static PackingPlan Choose(InferenceOptions options, ModelManifest manifest, long weightsLength)
    {
        if (options.WeightPacking == WeightPacking.Never)
        {
            return PackingPlan.None;
        }

        if (options.WeightPacking == WeightPacking.Always)
        {
            return options.KeepPackedWeights ? PackingPlan.Kept : PackingPlan.Private;
        }

        var isSmall = weightsLength <= SmallModel;
        if (isSmall || Has(manifest, QuantizedMarks))
        {
            return !isSmall && options.KeepPackedWeights ? PackingPlan.Kept : PackingPlan.Private;
        }

        return options.KeepPackedWeights && Has(manifest, ProductMarks) ? PackingPlan.Behind : PackingPlan.None;
    }

    private static bool Has(ModelManifest manifest, string[] marks) =>
        manifest.Operators.Any(type => marks.Any(mark => type.Contains(mark, StringComparison.Ordinal)));
}
