namespace EdgeAI.Memory;

/// <summary>What an engine has in memory, and what it may have. A snapshot.</summary>
/// <param name="Budget">The most that may be reserved; a kind without a limit is <see cref="long.MaxValue"/>.</param>
/// <param name="Reserved">What is reserved for models that are loaded, being loaded or leaving.</param>
/// <param name="Models">The models, the largest first.</param>
public sealed record MemoryReport(MemoryUse Budget, MemoryUse Reserved, IReadOnlyList<LoadedModel> Models);
