namespace EdgeAI.Monitoring;

/// <summary>Hears of a measurement.</summary>
internal delegate void HeardMeasurement(string instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags);
