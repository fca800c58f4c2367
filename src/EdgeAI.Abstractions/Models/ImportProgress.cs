namespace EdgeAI.Models;

/// <summary>How far an import is.</summary>
/// <param name="Stage">What it is doing.</param>
/// <param name="BytesDone">Bytes of the source that are dealt with.</param>
/// <param name="BytesTotal">Bytes of the source in all; 0 while that is not known.</param>
public readonly record struct ImportProgress(ImportStage Stage, long BytesDone, long BytesTotal);
