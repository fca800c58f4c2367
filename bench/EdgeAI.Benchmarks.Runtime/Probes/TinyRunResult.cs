namespace EdgeAI.Benchmarks.Runtime.Probes;

/// <summary>What a process that ran a tiny model by turns found: microseconds a run, their median ratio, and managed bytes a run.</summary>
internal sealed record TinyRunResult(double Bare, double Edge, double Ratio, double BareBytes, double EdgeBytes);
