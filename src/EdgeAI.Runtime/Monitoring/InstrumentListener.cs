using System.Diagnostics.Metrics;

namespace EdgeAI.Monitoring;

/// <summary>Hears what instruments of one instance's meter measure, by their names. Before it is made they measure nothing for it.</summary>
internal sealed class InstrumentListener : IDisposable
{
    private readonly MeterListener _listener = new();

    /// <param name="meter">The instance's meter.</param>
    /// <param name="names">The instruments.</param>
    /// <param name="heard">Told of each measurement, on the measuring thread: the instrument's name, the value and the tags.</param>
    public InstrumentListener(Meter meter, IReadOnlyCollection<string> names, HeardMeasurement heard)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == meter && names.Contains(instrument.Name))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => heard(instrument.Name, value, tags));
        _listener.Start();
    }

    /// <summary>The value of a tag; null when there is none.</summary>
    public static string? Find(ReadOnlySpan<KeyValuePair<string, object?>> tags, string name)
    {
        foreach (var (key, value) in tags)
        {
            if (key == name)
            {
                return value as string;
            }
        }

        return null;
    }

    public void Dispose() => _listener.Dispose();
}
