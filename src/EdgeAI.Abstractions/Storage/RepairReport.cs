namespace EdgeAI.Storage;

/// <summary>What a repair did.</summary>
/// <param name="ManifestsRepaired">Manifests that were damaged and came from the copy.</param>
/// <param name="ChunksRepaired">Chunks that were damaged and came from the copy.</param>
/// <param name="PacksRewritten">Damaged packs that were written anew with what is whole.</param>
/// <param name="Unrepaired">
/// What the copy does not have either, and the models that can't be loaded for it; empty when all is well. Damaged packs are moved to the folder <c>quarantine</c>. Importing a model
/// again brings back what it misses.
/// </param>
public sealed record RepairReport(int ManifestsRepaired, long ChunksRepaired, int PacksRewritten, IReadOnlyList<VerificationProblem> Unrepaired)
{
    /// <summary>Whether all is well now.</summary>
    public bool IsHealthy => Unrepaired.Count == 0;
}
