namespace EdgeAI.Storage;

/// <summary>What a verification found.</summary>
/// <param name="ManifestsChecked">Manifests that were read.</param>
/// <param name="ChunksChecked">Chunks that were read.</param>
/// <param name="BytesChecked">Plain bytes that were hashed.</param>
/// <param name="Problems">What is wrong, and where; empty when all is well.</param>
public sealed record VerificationReport(
    int ManifestsChecked,
    long ChunksChecked,
    long BytesChecked,
    IReadOnlyList<VerificationProblem> Problems)
{
    /// <summary>Whether all is well.</summary>
    public bool IsHealthy => Problems.Count == 0;
}
