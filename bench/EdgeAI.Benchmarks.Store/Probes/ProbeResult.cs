namespace EdgeAI.Benchmarks.Store.Probes;

/// <summary>What a process that did one thing with the store found.</summary>
/// <param name="Seconds">How long that took, without the start of the process.</param>
/// <param name="PeakMemory">The most that the process had in memory, in MB.</param>
/// <param name="Refused">What the store did not take.</param>
internal sealed record ProbeResult(double Seconds, double PeakMemory, IReadOnlyList<RefusedModel> Refused);
