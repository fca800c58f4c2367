namespace EdgeAI.Storage.Reading;

/// <summary>A run of bytes that a file has from one of its chunks.</summary>
/// <param name="Offset">Where it stands in the file.</param>
/// <param name="Length">How many bytes.</param>
/// <param name="Chunk">Which of the file's chunks has them.</param>
/// <param name="Skip">Where they begin in the chunk.</param>
internal readonly record struct FilePiece(long Offset, int Length, int Chunk, int Skip);
