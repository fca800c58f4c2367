namespace EdgeAI.Benchmarks.Runtime.Models;

/// <summary>How the products of a <see cref="LanguageModel"/> keep their weights.</summary>
internal enum WeightKind
{
    /// <summary>As 32-bit floats.</summary>
    Fp32,

    /// <summary>As 8-bit integers; what they are multiplied with is quantised as it runs.</summary>
    Int8,

    /// <summary>As 4-bit integers with a scale for every 32.</summary>
    Int4,
}
