namespace EdgeAI.Benchmarks.Runtime.Probes;

/// <summary>What <see cref="LargerThanMemoryProbe"/> found, in milliseconds, medians.</summary>
internal sealed record LargerThanMemoryResult(double Ready, double Run, double Read);
