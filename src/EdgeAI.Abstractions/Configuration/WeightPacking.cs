namespace EdgeAI.Configuration;

/// <summary>
/// Whether a model's weights are packed for the processor. Packed weights make matrix products faster; they take private memory of about the weights' size, or disk with
/// <see cref="InferenceOptions.KeepPackedWeights"/>. Mapped ones load at once. What is mapped, packed or not, is the kernel's to drop.
/// </summary>
public enum WeightPacking
{
    /// <summary>Packed for quantised models, whose kernels are many times slower without, and for small ones. Large ones with matrix products of floats are packed behind the first requests when packed
    /// weights are kept on disk, and mapped as they are otherwise.</summary>
    Auto = 0,

    /// <summary>Never packed.</summary>
    Never = 1,

    /// <summary>Always packed.</summary>
    Always = 2,
}
