using EdgeAI.Models;

namespace EdgeAI.Storage;

/// <summary>Where a model is, and why.</summary>
/// <param name="Model">The name, by tag.</param>
/// <param name="HotBytes">What its hot files take, in bytes; zero when it is not laid out.</param>
/// <param name="WarmBytes">Stored bytes that it needs and that are on the warm tier. What several models need counts for each.</param>
/// <param name="ColdBytes">Stored bytes that it needs and that are on the cold tier.</param>
/// <param name="IsPinned">Whether it stays where it is, whatever else needs room.</param>
/// <param name="LastUsedAt">When it was last laid out or loaded; null when that is not known any more, or never was.</param>
public sealed record ModelPlacement(ModelReference Model, long HotBytes, long WarmBytes, long ColdBytes, bool IsPinned, DateTimeOffset? LastUsedAt)
{
    /// <summary>Whether its manifest is damaged: what it needs is not known then, and its warm and cold bytes are zero. A verification tells more.</summary>
    public bool IsDamaged { get; init; }
}
