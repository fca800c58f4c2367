namespace EdgeAI.Storage;

/// <summary>What was moved between a store's tiers.</summary>
/// <param name="HotModelsDropped">Models whose hot files were dropped, because they had not been used for long or others needed the room.</param>
/// <param name="PacksDemoted">Packs that went to the cold tier.</param>
/// <param name="PacksPromoted">Packs that came back to the warm tier.</param>
/// <param name="BytesMoved">The bytes of those packs.</param>
/// <param name="Damaged">Keys of packs that were left where they are, because their content is not what their name says. A verification tells more.</param>
public sealed record PlacementReport(int HotModelsDropped, int PacksDemoted, int PacksPromoted, long BytesMoved, IReadOnlyList<string> Damaged)
{
    /// <summary>How many bytes fewer packs have that were compressed anew on their way to the cold tier.</summary>
    public long BytesSaved { get; init; }
}
