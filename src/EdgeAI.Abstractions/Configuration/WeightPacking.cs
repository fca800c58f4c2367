namespace EdgeAI.Configuration;

/// <summary>
/// Whether a model's weights are packed anew at load. Packed weights make matrix products faster and take private memory of about the weights' size;
/// mapped ones load at once and are the kernel's to drop.
/// </summary>
public enum WeightPacking
{
    /// <summary>Packed for quantised models, whose kernels are many times slower without, and for small ones; mapped otherwise.</summary>
    Auto = 0,

    /// <summary>Never packed.</summary>
    Never = 1,

    /// <summary>Always packed.</summary>
    Always = 2,
}
