namespace EdgeAI.Storage;

/// <summary>One thing that a verification found wrong.</summary>
/// <param name="Location">Where: a pack, a manifest, a hot file.</param>
/// <param name="Description">What is wrong.</param>
/// <param name="Models">The models that can't be read because of it, as <c>name:tag</c>.</param>
public sealed record VerificationProblem(string Location, string Description, IReadOnlyList<string> Models);
