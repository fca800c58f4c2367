namespace EdgeAI.Benchmarks.Runtime.Probes;

/// <summary>What a process that loaded and ran a large model found; times in milliseconds, memory in MB.</summary>
/// <param name="Ready">Until the session was there.</param>
/// <param name="ReadyAgain">The same for a second session in the process, where code is compiled; ours is another engine's.</param>
/// <param name="FirstResult">Until the first run of one token had ended, from the same start.</param>
/// <param name="Private">Private memory beyond the process before, after load and one run, or when packed weights are in if that is more.</param>
/// <param name="SecondPrivate">Private memory that a second session of the same model took.</param>
/// <param name="SteadyOne">A run of one token.</param>
/// <param name="SteadyMany">A run of 16 tokens.</param>
internal sealed record ProbeResult(double Ready, double ReadyAgain, double FirstResult, double Private, double SecondPrivate, double SteadyOne, double SteadyMany);
