namespace EdgeAI.Benchmarks.Serving.Load;

/// <summary>What clients saw.</summary>
/// <param name="PerSecond">Answers a second.</param>
/// <param name="P50">The median answer's time, in milliseconds.</param>
/// <param name="P99">The time that 99 of 100 answers took at most, in milliseconds.</param>
/// <param name="Errors">Answers that were none, or not 200.</param>
internal sealed record LoadResult(double PerSecond, double P50, double P99, long Errors);
