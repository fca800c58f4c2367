namespace EdgeAI.Benchmarks.Store.Reporting;

/// <summary>One figure.</summary>
/// <param name="Measure">What was measured, such as <c>stored_ratio</c>.</param>
/// <param name="Value">The figure.</param>
/// <param name="Peer">Who was measured: <see cref="Ours"/> or a peer; for a ratio of speeds, the peer that the store is compared with.</param>
/// <param name="Unit">What the figure counts.</param>
internal sealed record Measurement(string Measure, double Value, string Peer, string Unit)
{
    /// <summary>The store, among its peers.</summary>
    public const string Ours = "EdgeAI";

    public const string Ratio = "ratio";
    public const string Speed = "MB/s";
    public const string Bytes = "bytes";
    public const string Megabytes = "MB";
}
