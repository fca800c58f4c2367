namespace EdgeAI.Benchmarks.Runtime.Reporting;

/// <summary>One figure.</summary>
/// <param name="Measure">What was measured, such as <c>private_mb</c>.</param>
/// <param name="Value">The figure.</param>
/// <param name="Peer">Who was measured: <see cref="Ours"/> or <see cref="Bare"/>; for a ratio, whom EdgeAI is compared with.</param>
/// <param name="Unit">What the figure counts.</param>
internal sealed record Measurement(string Measure, double Value, string Peer, string Unit)
{
    public const string Ours = "EdgeAI";

    /// <summary>ONNX Runtime as most apps use it: one file, by its path.</summary>
    public const string Bare = "ONNX Runtime";

    public const string Ratio = "ratio";
    public const string Milliseconds = "ms";
    public const string Microseconds = "µs";
    public const string Nanoseconds = "ns";
    public const string Megabytes = "MB";
    public const string Bytes = "bytes";
    public const string RunsPerSecond = "runs/s";
}
