using EdgeAI.Models;

namespace EdgeAI.Storage.Packs;

/// <summary>A pack that is on disk under a temporary name.</summary>
internal sealed record WrittenPack(string Path, Digest Digest, long Length, IReadOnlyList<PackEntry> Entries);
