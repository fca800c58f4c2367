namespace EdgeAI.Benchmarks.Runtime.Probes;

/// <summary>What a process that ran a tiny model by turns found: microseconds a run with nobody listening, and what the others take of that.</summary>
/// <param name="Silent">Microseconds a run.</param>
/// <param name="SilentAgain">A second turn with nobody listening over the first one: the noise.</param>
/// <param name="Metrics">With a listener to all instruments over none.</param>
/// <param name="Traces">With one to activities too over none.</param>
/// <param name="MetricsBytes">Managed bytes a run with a listener to all instruments.</param>
/// <param name="SilentAlone">Nanoseconds that the instruments of a run take by themselves with nobody listening.</param>
/// <param name="MetricsAlone">With a listener to all instruments.</param>
internal sealed record TelemetryResult(double Silent, double SilentAgain, double Metrics, double Traces, double MetricsBytes, double SilentAlone, double MetricsAlone);
