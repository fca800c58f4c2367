using System.Diagnostics.Metrics;
using EdgeAI.Telemetry;
using EdgeAI.Transfers;

namespace EdgeAI.Storage.Telemetry;

/// <summary>Bytes that a direction's transfers were let move. Thread-safe.</summary>
internal sealed class TransferTelemetry(Meter meter, string direction)
{
    private static readonly string[] Priorities = ["background", "normal", "critical"];

    private readonly Counter<long> _bytes = meter.CreateCounter<long>(TelemetryInstruments.TransferBytes, "By", "Bytes that were let through to and from other machines.");

    public void Note(TransferPriority priority, int bytes) =>
        _bytes.Add(bytes, new(TelemetryTags.Direction, direction), new(TelemetryTags.Priority, Priorities[(int)priority]));
}
