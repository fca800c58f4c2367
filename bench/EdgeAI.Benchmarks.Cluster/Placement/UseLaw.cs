namespace EdgeAI.Benchmarks.Cluster.Placement;

/// <summary>How the uses of a trace are drawn.</summary>
/// <param name="Probabilities">How likely each rank is.</param>
/// <param name="Change">How likely a model gets another rank, any, from one use to the next.</param>
/// <param name="DealtEvery">After how many uses all ranks are dealt anew; null for never.</param>
internal sealed record UseLaw(double[] Probabilities, double Change, int? DealtEvery);
