namespace EdgeAI.Benchmarks.Runtime.Models;

/// <summary>What a tensor is filled with.</summary>
internal enum WeightFill
{
    /// <summary>The bytes that are given.</summary>
    Given,

    /// <summary>Random bytes.</summary>
    Bytes,

    /// <summary>Random floats of the given spread, with a mean of zero.</summary>
    Noise,

    /// <summary>Random floats from the given spread to three times as much: scales of a quantisation.</summary>
    Scales,
}
