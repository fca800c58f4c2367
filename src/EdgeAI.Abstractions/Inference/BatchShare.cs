namespace EdgeAI.Inference;

/// <summary>One request's share in a run of a batched model, which requests may have together (<c>ModelOptions.Batching</c>).</summary>
/// <param name="Rows">How many rows the request had; 1 or more.</param>
/// <param name="BatchRows">How many rows the run had, those of all its requests; at least <paramref name="Rows"/>.</param>
/// <param name="IsFirst">Whether it is the first of the run's requests that were answered. Exactly one is, so who counts runs counts these.</param>
/// <param name="GatherTime">How long it took to put the requests' inputs together; zero for a request by itself.</param>
/// <param name="RunTime">How long the run took, with what it waited for its device.</param>
public sealed record BatchShare(int Rows, int BatchRows, bool IsFirst, TimeSpan GatherTime, TimeSpan RunTime);
