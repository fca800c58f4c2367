using EdgeAI.Models;

namespace EdgeAI.Storage.Materializing;

/// <summary>A run of bytes that a hot file has from one place of a model's files.</summary>
/// <param name="Offset">Where it stands in the hot file.</param>
/// <param name="Length">How many bytes.</param>
/// <param name="Location">The file that has them, as <see cref="Importing.IModelFiles.Open"/> takes it.</param>
/// <param name="SourceOffset">Where they begin in that file.</param>
/// <param name="Chunk">The chunk that has them; null where the files are no chunks.</param>
/// <param name="Start">Where they begin in the chunk.</param>
internal readonly record struct HotPart(long Offset, int Length, string? Location, long SourceOffset, ChunkReference? Chunk = null, int Start = 0);
