using EdgeAI.Configuration;
using EdgeAI.Models;

namespace EdgeAI.Providers.Onnx;

/// <summary>
/// Decides how weights are packed for the processor's kernels. Measured with ONNX Runtime 1.31.1: without packing, 4-bit products are about 60 times
/// slower and 8-bit ones 4 times, float products 1 to 2.5 times, convolutions not at all (their layout is in the optimised graph).
/// </summary>
internal static class WeightPackingPolicy
{
    /// <summary>Up to here a private copy of the weights costs less than anybody would notice, and the speed is felt.</summary>
    public const long SmallModel = 32L << 20;

    private static readonly string[] QuantizedMarks = ["Quantize", "QLinear", "QGemm", "QAttention", "Integer", "NBits", "Bnb4"];
    private static readonly string[] ProductMarks = ["MatMul", "Gemm", "Attention"];

    /// <param name="options">What the app wants.</param>
    /// <param name="manifest">The model.</param>
    /// <param name="weightsLength">The bytes of its large tensors.</param>
    /// <param name="room">The private bytes that there are for models: packing takes as many as the weights have, if only while it goes on.</param>
    public static PackingPlan Choose(InferenceOptions options, ModelManifest manifest, long weightsLength, long room)
    {
        if (options.WeightPacking == WeightPacking.Never)
        {
            return PackingPlan.None;
        }

        if (options.WeightPacking == WeightPacking.Always)
        {
            return options.KeepPackedWeights ? PackingPlan.Kept : PackingPlan.Private;
        }

        if (weightsLength > room)
        {
            return PackingPlan.None;
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
