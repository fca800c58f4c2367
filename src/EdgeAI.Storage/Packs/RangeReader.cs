namespace EdgeAI.Storage.Packs;

/// <summary>Reads a range of something: fills the destination from an offset, and returns how many bytes there were.</summary>
internal delegate ValueTask<int> RangeReader(long offset, Memory<byte> destination, CancellationToken cancellationToken);
