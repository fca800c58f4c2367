using System.Diagnostics.Metrics;
using EdgeAI.Telemetry;

namespace EdgeAI.DependencyInjection;

/// <summary>An instance's meter: the app's factory makes it where there is one, and it is made here otherwise.</summary>
internal sealed class InstanceMeter : IDisposable
{
    private readonly bool _isOwn;

    public InstanceMeter(IMeterFactory? factory, string? name)
    {
        var options = new MeterOptions(EdgeAITelemetry.MeterName) { Tags = name is null ? null : [new(TelemetryTags.Instance, name)] };
        _isOwn = factory is null;
        Meter = factory?.Create(options) ?? new Meter(options);
    }

    public Meter Meter { get; }

    public void Dispose()
    {
        if (_isOwn)
        {
            Meter.Dispose();
        }
    }
}
