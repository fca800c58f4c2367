using System.Diagnostics.Metrics;
using EdgeAI.Telemetry;

namespace EdgeAI.Storage.Telemetry;

/// <summary>What is still to go to clusters, looked up when somebody collects it.</summary>
internal sealed class OutboxTelemetry
{
    /// <param name="meter">The store's meter.</param>
    /// <param name="look">Looks into the outbox; null when that can't be done now.</param>
    /// <param name="time">The clock.</param>
    public OutboxTelemetry(Meter meter, Func<StorageBacklog?> look, TimeProvider time)
    {
        meter.CreateObservableGauge(
            TelemetryInstruments.OutboxEntries, () => Observe(look(), entries => (long)entries.Count()), "{entry}", "Model versions that are still to go to a cluster.");
        meter.CreateObservableGauge(
            TelemetryInstruments.OutboxBytes, () => Observe(look(), entries => entries.Sum(entry => entry.Bytes ?? 0)), "By", "Bytes that are known to be still to go to a cluster.");
        meter.CreateObservableGauge(
            TelemetryInstruments.OutboxAge,
            () => Observe(look(), entries => (time.GetUtcNow() - entries.Min(entry => entry.EnteredAt)).TotalSeconds),
            "s",
            "How long the oldest of what is still to go to a cluster has waited.");
    }

    private static IEnumerable<Measurement<T>> Observe<T>(StorageBacklog? backlog, Func<IEnumerable<BacklogEntry>, T> value)
        where T : struct =>
        (backlog?.Entries ?? []).GroupBy(entry => entry.Cluster).Select(entries => new Measurement<T>(value(entries), new KeyValuePair<string, object?>(TelemetryTags.Cluster, entries.Key)));
}
