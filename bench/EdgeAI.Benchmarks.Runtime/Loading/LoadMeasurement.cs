namespace EdgeAI.Benchmarks.Runtime.Loading;

/// <summary>What one process measured.</summary>
/// <param name="FirstLoad">The first load in a new process, in milliseconds.</param>
/// <param name="LoadAgain">A further load in the same process, in milliseconds.</param>
/// <param name="FirstRun">The first run, in milliseconds.</param>
/// <param name="Run">A run in steady state, in milliseconds.</param>
/// <param name="AnonymousMemory">Private memory that the first load took, in MB.</param>
/// <param name="FileMemory">File-backed memory that the first load took, in MB.</param>
/// <param name="Output">The hash of the output.</param>
internal sealed record LoadMeasurement(
    double FirstLoad,
    double LoadAgain,
    double FirstRun,
    double Run,
    double AnonymousMemory,
    double FileMemory,
    string Output);
