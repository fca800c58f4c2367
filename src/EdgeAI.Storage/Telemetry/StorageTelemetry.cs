using System.Diagnostics;
using System.Diagnostics.Metrics;
using EdgeAI.Models;
using EdgeAI.Telemetry;

namespace EdgeAI.Storage.Telemetry;

/// <summary>What a store tells of itself. Where nobody listens a measurement is a look at a field. Thread-safe.</summary>
internal sealed class StorageTelemetry
{
    public static readonly ActivitySource Activities = new(EdgeAITelemetry.ActivitySourceName);

    private readonly Counter<long> _importBytes;
    private readonly Counter<long> _moves;
    private readonly Counter<long> _pullBytes;
    private readonly HitRatios _ratios;

    private StorageTelemetry(Meter meter, TimeProvider time)
    {
        var failures = meter.CreateCounter<long>(TelemetryInstruments.Failures, "{failure}", "What failed, by stage and kind.");
        Import = new("import", TelemetryActivities.Import, Duration(TelemetryInstruments.ImportDuration, "How long an import took."), failures, time);
        Materialize = new("materialize", TelemetryActivities.Materialize, Duration(TelemetryInstruments.MaterializeDuration, "How long it took until a model's hot files were leased."), failures, time);
        Pull = new("pull", TelemetryActivities.Pull, Duration(TelemetryInstruments.PullDuration, "How long a pull took."), failures, time);
        Send = new("send", TelemetryActivities.Send, Duration(TelemetryInstruments.SendDuration, "How long it took to send a model version to a cluster."), failures, time);
        Cluster = new("cluster", TelemetryActivities.ClusterRequest, Duration(TelemetryInstruments.ClusterRequestDuration, "How long a request to a cluster took."), failures, time);
        Tiers = new(meter, time);
        _importBytes = meter.CreateCounter<long>(TelemetryInstruments.ImportBytes, "By", "Bytes of models that were imported.");
        _pullBytes = meter.CreateCounter<long>(TelemetryInstruments.PullBytes, "By", "Bytes that pulls moved.");
        _moves = meter.CreateCounter<long>(TelemetryInstruments.PlacementMoves, "{move}", "Models and packs that were moved between tiers.");
        _ratios = new(meter);

        Histogram<double> Duration(string name, string description) => meter.CreateHistogram<double>(name, "s", description);
    }

    /// <summary>That of stores which nobody has given a meter.</summary>
    public static StorageTelemetry Default { get; } = new(new Meter(EdgeAITelemetry.MeterName), TimeProvider.System);

    public StageTelemetry Import { get; }

    public StageTelemetry Materialize { get; }

    public StageTelemetry Pull { get; }

    public StageTelemetry Send { get; }

    public StageTelemetry Cluster { get; }

    public TierTelemetry Tiers { get; }

    /// <summary>Tells of itself through a meter.</summary>
    /// <param name="meter">The meter; null for the one of all stores that have none.</param>
    /// <param name="time">The clock.</param>
    public static StorageTelemetry Create(Meter? meter, TimeProvider time) => meter is null ? Default : new(meter, time);

    public void NoteImported(long plain, ImportResult result)
    {
        _importBytes.Add(plain, new KeyValuePair<string, object?>(TelemetryTags.Bytes, "plain"));
        _importBytes.Add(result.NewBytes, new KeyValuePair<string, object?>(TelemetryTags.Bytes, "new"));
        _importBytes.Add(result.StoredBytes, new KeyValuePair<string, object?>(TelemetryTags.Bytes, "stored"));
    }

    public void NotePulled(long bytes, bool isWaitedFor)
    {
        _pullBytes.Add(bytes);
        if (isWaitedFor)
        {
            _ratios.NotePulled();
        }
    }

    /// <summary>Notes that a model was asked for, and whether its hot files were there.</summary>
    public void NoteRequest(bool wasHot) => _ratios.NoteRequest(wasHot);

    public void NotePlaced(PlacementReport report)
    {
        NoteMoves("drop", report.HotModelsDropped);
        NoteMoves("demote", report.PacksDemoted);
        NoteMoves("promote", report.PacksPromoted);
    }

    private void NoteMoves(string move, int count)
    {
        if (count > 0)
        {
            _moves.Add(count, new KeyValuePair<string, object?>(TelemetryTags.Move, move));
        }
    }
}
