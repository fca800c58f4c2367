using System.Diagnostics.Metrics;
using EdgeAI.Telemetry;

namespace EdgeAI.Storage.Telemetry;

/// <summary>Reads of packs by tier: how many, how long, how much. Thread-safe.</summary>
internal sealed class TierTelemetry(Meter meter, TimeProvider time)
{
    private readonly Counter<long> _reads = meter.CreateCounter<long>(TelemetryInstruments.TierReads, "{read}", "Reads of packs, by tier.");
    private readonly Counter<long> _bytes = meter.CreateCounter<long>(TelemetryInstruments.TierReadBytes, "By", "Bytes of packs that were read, by tier.");
    private readonly Histogram<double> _duration = meter.CreateHistogram<double>(TelemetryInstruments.TierReadDuration, "s", "How long a read of a pack took, by tier.");

    /// <summary>When a read begins; zero where nobody wants to know how long it takes.</summary>
    public long Begin() => _duration.Enabled ? time.GetTimestamp() : 0;

    /// <summary>Tells of a read that has brought something.</summary>
    public void End(string tier, long begun, int bytes)
    {
        var tag = new KeyValuePair<string, object?>(TelemetryTags.Tier, tier);
        _reads.Add(1, tag);
        _bytes.Add(bytes, tag);
        if (begun != 0)
        {
            _duration.Record(time.GetElapsedTime(begun).TotalSeconds, tag);
        }
    }
}
