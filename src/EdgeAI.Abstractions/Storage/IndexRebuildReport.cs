namespace EdgeAI.Storage;

/// <summary>What a rebuild of a store's index found.</summary>
/// <param name="Packs">Packs that were entered.</param>
/// <param name="Chunks">Chunks that the store has.</param>
/// <param name="Manifests">Manifests that were entered, those that no name refers to included.</param>
/// <param name="Names">Names that were entered.</param>
/// <param name="Problems">What was damaged or missing, and the models that can't be read because of it; empty when all is well.</param>
public sealed record IndexRebuildReport(int Packs, long Chunks, int Manifests, int Names, IReadOnlyList<VerificationProblem> Problems)
{
    /// <summary>Whether all is well.</summary>
    public bool IsHealthy => Problems.Count == 0;
}
