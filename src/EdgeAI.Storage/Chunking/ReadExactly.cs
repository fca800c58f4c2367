namespace EdgeAI.Storage.Chunking;

/// <summary>Reads the next bytes of a file, all that are asked for.</summary>
internal delegate ValueTask ReadExactly(Memory<byte> destination, CancellationToken cancellationToken);
