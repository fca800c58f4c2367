using EdgeAI.Inference;

namespace EdgeAI.Benchmarks.Runtime.Swapping;

/// <summary>A model that is swapped, under a lease.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="Inputs">Makes what it is run with.</param>
/// <param name="RunEvery">At which of its swaps it is run: 1 for each.</param>
internal sealed record SwapModel(IModelLease Lease, Func<ModelInputs> Inputs, int RunEvery);
