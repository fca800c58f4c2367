namespace EdgeAI.Models;

/// <summary>What an import did.</summary>
/// <param name="Model">The model as it is in the store now.</param>
/// <param name="WasPresent">Whether the store had this very version under this very name before.</param>
/// <param name="NewBytes">Plain bytes that the store did not have yet.</param>
/// <param name="StoredBytes">Bytes that were added to the disk for them.</param>
public sealed record ImportResult(ModelInfo Model, bool WasPresent, long NewBytes, long StoredBytes);
