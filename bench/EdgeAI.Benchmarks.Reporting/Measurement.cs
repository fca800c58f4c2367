namespace EdgeAI.Benchmarks.Reporting;

/// <summary>One figure.</summary>
/// <param name="Measure">What was measured.</param>
/// <param name="Value">The figure.</param>
/// <param name="Peer">Who was measured, or for a ratio, whom EdgeAI is compared with.</param>
/// <param name="Unit">What the figure counts.</param>
public sealed record Measurement(string Measure, double Value, string Peer, string Unit);
