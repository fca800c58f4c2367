namespace EdgeAI.Storage.Placement;

/// <summary>What is known of a pack: of the models that need something in it, the one that is used most counts.</summary>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Rank">How late it should leave: the highest rank of those models.</param>
/// <param name="LastUsed">When the last of them was used.</param>
/// <param name="IsPinned">Whether one of them is pinned.</param>
internal sealed record PackUse(long Length, int Rank, DateTimeOffset LastUsed, bool IsPinned)
{
    public PackUse With(PackUse other) => new(Length, Math.Max(Rank, other.Rank), LastUsed > other.LastUsed ? LastUsed : other.LastUsed, IsPinned || other.IsPinned);
}
