using EdgeAI.Models;

namespace EdgeAI.Storage;

/// <summary>What one name takes in a store.</summary>
/// <param name="Model">The name, by tag.</param>
/// <param name="LogicalBytes">The length of its files together, in bytes: what a plain copy would take.</param>
/// <param name="ExclusiveBytes">
/// Stored bytes that this name alone needs: what removing it and collecting garbage gives back, beside pack overhead. Zero where another name has the same version.
/// </param>
/// <param name="SharedBytes">Stored bytes that it needs and other names need too, among them what it is kept as a difference from.</param>
public sealed record ModelUsage(ModelReference Model, long LogicalBytes, long ExclusiveBytes, long SharedBytes);
