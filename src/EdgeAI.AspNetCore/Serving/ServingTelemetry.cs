using System.Diagnostics;
using System.Diagnostics.Metrics;
using EdgeAI.Inference;
using EdgeAI.Telemetry;

namespace EdgeAI.AspNetCore.Serving;

/// <summary>Measures how long requests wait here, where the engine has no queue of its own, under the names that the engine's queue has. Thread-safe.</summary>
internal sealed class ServingTelemetry
{
    private static readonly ActivitySource Activities = new(EdgeAITelemetry.ActivitySourceName);

    private readonly Histogram<double> _queue;
    private readonly Lazy<KeyValuePair<string, object?>> _device;

    /// <param name="factory">The app's, from which the engine has its meter too.</param>
    /// <param name="instance">The instance's name; null for the default one.</param>
    /// <param name="engine">What requests wait for.</param>
    public ServingTelemetry(IMeterFactory factory, string? instance, IInferenceEngine engine)
    {
        var meter = factory.Create(new MeterOptions(EdgeAITelemetry.MeterName) { Tags = instance is null ? null : [new(TelemetryTags.Instance, instance)] });
        _queue = meter.CreateHistogram<double>(TelemetryInstruments.QueueDuration, "s", "How long a run waited for its device.");
        _device = new(() => new(TelemetryTags.Device, engine.Devices.FirstOrDefault(device => device.IsUsable)?.Device.ToString()));
    }

    public ValueTask WaitForTurnAsync(ValueTask turn)
    {
        if (!(_queue.Enabled || Activities.HasListeners()))
        {
            return turn;
        }

        if (turn.IsCompletedSuccessfully)
        {
            _queue.Record(0, _device.Value);
            return turn;
        }

        return MeasureAsync(turn);
    }

    private async ValueTask MeasureAsync(ValueTask turn)
    {
        using var activity = Activities.StartActivity(TelemetryActivities.Queue);
        activity?.SetTag(TelemetryTags.Device, _device.Value.Value);
        var started = Stopwatch.GetTimestamp();
        try
        {
            await turn.ConfigureAwait(false);
        }
        finally
        {
            _queue.Record(Stopwatch.GetElapsedTime(started).TotalSeconds, _device.Value);
        }
    }
}
