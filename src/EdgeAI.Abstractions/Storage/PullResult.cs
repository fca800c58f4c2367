using EdgeAI.Models;

namespace EdgeAI.Storage;

/// <summary>What a pull did.</summary>
/// <param name="Model">The model as it is in the store now.</param>
/// <param name="WasPresent">Whether the store had this very version under this very name before, or another process pulled it meanwhile.</param>
/// <param name="BytesMoved">Bytes that were read from clusters for it, in content and in what describes it.</param>
/// <param name="BytesResumed">Bytes that an earlier pull, which did not end, had brought and verified: they were not moved again.</param>
public sealed record PullResult(ModelInfo Model, bool WasPresent, long BytesMoved, long BytesResumed);
