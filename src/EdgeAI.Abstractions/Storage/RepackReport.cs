namespace EdgeAI.Storage;

/// <summary>What a repack did.</summary>
/// <param name="PacksRewritten">Packs whose chunks were written anew.</param>
/// <param name="PacksWritten">Packs that hold them now.</param>
/// <param name="ChunksRebased">Chunks whose chain was too long, and is not any more.</param>
/// <param name="BytesWritten">Bytes of new packs.</param>
/// <param name="BytesFreed">Bytes of old packs that were given back; those that somebody may still read go with a later collection.</param>
public sealed record RepackReport(int PacksRewritten, int PacksWritten, long ChunksRebased, long BytesWritten, long BytesFreed);
