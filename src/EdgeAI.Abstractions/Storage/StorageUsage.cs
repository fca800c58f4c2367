namespace EdgeAI.Storage;

/// <summary>What a store holds and what that takes.</summary>
/// <remarks>
/// <see cref="StoredBytes"/> is the sum of <see cref="SharedBytes"/>, <see cref="UnreferencedBytes"/>, <see cref="OverheadBytes"/> and the <see cref="ModelUsage.ExclusiveBytes"/>
/// of all <see cref="Models"/>; <see cref="LogicalBytes"/> is the sum of theirs. A report taken while others write may be off by what they write.
/// </remarks>
/// <param name="LogicalBytes">The lengths of all names' files, in bytes, before deduplication and compression: what plain copies would take.</param>
/// <param name="StoredBytes">What packs and manifests take on disk. The index, hot files, and names and signatures of some hundred bytes each come on top.</param>
/// <param name="SharedBytes">Stored bytes that more than one name needs, each counted once.</param>
/// <param name="UnreferencedBytes">Stored bytes that no name needs: what a collection gives back, now or when packs are written anew.</param>
/// <param name="OverheadBytes">What packs take beside the content in use: their headers, and their indexes' entries for it.</param>
/// <param name="HotBytes">What hot models and what is derived from them take on disk.</param>
/// <param name="Models">Every name, by name and tag.</param>
public sealed record StorageUsage(
    long LogicalBytes,
    long StoredBytes,
    long SharedBytes,
    long UnreferencedBytes,
    long OverheadBytes,
    long HotBytes,
    IReadOnlyList<ModelUsage> Models);
