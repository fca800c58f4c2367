namespace EdgeAI.Storage;

/// <summary>How far a scrub is.</summary>
/// <param name="BytesDone">Bytes of content that were read and compared, before compression.</param>
/// <param name="BytesTotal">Bytes that it is to read; it may read a chunk more.</param>
public readonly record struct ScrubProgress(long BytesDone, long BytesTotal);
