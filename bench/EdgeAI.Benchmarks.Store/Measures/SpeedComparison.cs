using EdgeAI.Benchmarks.Store.Processes;
using EdgeAI.Benchmarks.Store.Reporting;

namespace EdgeAI.Benchmarks.Store.Measures;

/// <summary>Two sides that do the same work turn by turn, and the medians of their times.</summary>
/// <param name="Measure">What is compared, such as <c>ingest_over_zstd3</c>.</param>
/// <param name="Size">The bytes that each side works through.</param>
/// <param name="Peer">The other side's name.</param>
internal sealed record SpeedComparison(string Measure, long Size, string Peer)
{
    /// <param name="context">How often, and who is told.</param>
    /// <param name="theirs">Does the peer's work; returns seconds.</param>
    /// <param name="ours">Does the store's work; returns seconds.</param>
    public async Task RunAsync(BenchmarkContext context, Func<Task<double>> theirs, Func<Task<double>> ours)
    {
        var peer = new List<double>();
        var store = new List<double>();
        for (var i = 0; i < context.Options.Repeats; i++)
        {
            await SettleAsync();
            peer.Add(await theirs());
            await SettleAsync();
            store.Add(await ours());
        }

        var (peerSpeed, storeSpeed) = (Size / 1e6 / Median(peer), Size / 1e6 / Median(store));
        context.Report.Add(new Measurement(Measure, storeSpeed / peerSpeed, Peer, Measurement.Ratio));
        context.Report.Add(new Measurement(Measure + "_mb_per_s", storeSpeed, Measurement.Ours, Measurement.Speed));
        context.Report.Add(new Measurement(Measure + "_mb_per_s", peerSpeed, Peer, Measurement.Speed));
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    // What one side left to be written must not be paid by the other.
    private static async Task SettleAsync()
    {
        if (OperatingSystem.IsLinux())
        {
            await new Command("sync", []).RunAsync();
        }
    }
}
