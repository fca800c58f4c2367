using System.Diagnostics.Metrics;
using EdgeAI.Telemetry;

namespace EdgeAI.Storage.Telemetry;

/// <summary>Where models were found that were asked for, and the shares. Thread-safe.</summary>
internal sealed class HitRatios
{
    private readonly Counter<long> _requests;
    private long _hot;
    private long _made;
    private long _pulled;

    public HitRatios(Meter meter)
    {
        _requests = meter.CreateCounter<long>(TelemetryInstruments.ModelRequests, "{request}", "Models that were asked for, by the tier where they were found.");
        meter.CreateObservableGauge(TelemetryInstruments.HitRatio, Observe, "1", "Of the models that were asked for at a tier, the share that was there.");
    }

    public void NoteRequest(bool wasHot)
    {
        Interlocked.Increment(ref wasHot ? ref _hot : ref _made);
        _requests.Add(1, new KeyValuePair<string, object?>(TelemetryTags.Tier, wasHot ? "hot" : "warm"));
    }

    /// <summary>Notes that a model came from a cluster while somebody waited for it.</summary>
    public void NotePulled()
    {
        Interlocked.Increment(ref _pulled);
        _requests.Add(1, new KeyValuePair<string, object?>(TelemetryTags.Tier, "cluster"));
    }

    private IEnumerable<Measurement<double>> Observe()
    {
        var (hot, made, pulled) = (Interlocked.Read(ref _hot), Interlocked.Read(ref _made), Interlocked.Read(ref _pulled));
        if (hot + made > 0)
        {
            yield return new((double)hot / (hot + made), new KeyValuePair<string, object?>(TelemetryTags.Tier, "hot"));
        }

        // What was pulled was not there when it was asked for, though it was a moment later.
        if (made + pulled > 0)
        {
            yield return new((double)Math.Max(0, made - pulled) / Math.Max(made, pulled), new KeyValuePair<string, object?>(TelemetryTags.Tier, "warm"));
        }
    }
}
