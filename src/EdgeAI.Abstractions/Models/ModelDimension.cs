using System.Globalization;

namespace EdgeAI.Models;

/// <summary>One dimension of a tensor that a model declares: a fixed size, or free, with or without a name.</summary>
/// <param name="Size">The fixed size; null when it is free.</param>
/// <param name="Symbol">The name of a free dimension, such as <c>batch</c>; null when it has none.</param>
public readonly record struct ModelDimension(long? Size, string? Symbol = null)
{
    /// <summary>Says whether a tensor may have this size here.</summary>
    /// <param name="size">The size in the tensor at hand.</param>
    public bool Accepts(long size) => Size is null || Size == size;

    /// <summary>The size, the name, or <c>?</c>.</summary>
    public override string ToString() => Size?.ToString(CultureInfo.InvariantCulture) ?? Symbol ?? "?";
}
