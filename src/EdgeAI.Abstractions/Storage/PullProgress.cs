namespace EdgeAI.Storage;

/// <summary>How far a pull is.</summary>
/// <param name="BytesDone">Stored bytes that are there and verified.</param>
/// <param name="BytesTotal">Stored bytes that the store lacked.</param>
public readonly record struct PullProgress(long BytesDone, long BytesTotal);
