using System.Diagnostics.Metrics;
using EdgeAI.Memory;
using EdgeAI.Scheduling;

namespace EdgeAI.Telemetry;

/// <summary>What an engine has at the moment, looked up when somebody collects it.</summary>
internal sealed class EngineGauges
{
    public EngineGauges(Meter meter, Func<MemoryReport> memory, IReadOnlyList<DeviceLane> lanes)
    {
        meter.CreateObservableGauge(TelemetryInstruments.Models, () => Count(memory().Models), "{model}", "Models that the engine has, by state.");
        meter.CreateObservableGauge(TelemetryInstruments.MemoryReserved, () => ByKind(memory().Reserved), "By", "Bytes that are reserved for models, by kind.");
        meter.CreateObservableGauge(TelemetryInstruments.MemoryLimit, () => ByKind(memory().Budget), "By", "Bytes that may be reserved for models, by kind.");
        meter.CreateObservableGauge(TelemetryInstruments.QueueLength, () => lanes.Select(lane => new Measurement<int>(lane.Queue.Length, lane.Tag)), "{run}", "Runs that wait for a device.");
        meter.CreateObservableGauge(
            TelemetryInstruments.DeviceUsable, () => lanes.Select(lane => new Measurement<int>(lane.OutReason is null ? 1 : 0, lane.Tag)), "1", "Whether requests go to a device now.");
    }

    private static IEnumerable<Measurement<int>> Count(IReadOnlyList<LoadedModel> models) => models
        .GroupBy(model => model.State)
        .Select(state => new Measurement<int>(state.Count(), new KeyValuePair<string, object?>(TelemetryTags.State, NameOf(state.Key))));

    private static IEnumerable<Measurement<long>> ByKind(MemoryUse use) => ((IEnumerable<(string Kind, long Bytes)>)[("private", use.Private), ("mapped", use.Mapped), ("device", use.Device)])
        .Where(kind => kind.Bytes != long.MaxValue)
        .Select(kind => new Measurement<long>(kind.Bytes, new KeyValuePair<string, object?>(TelemetryTags.Memory, kind.Kind)));

    private static string NameOf(LoadedModelState state) => state switch
    {
        LoadedModelState.Out => "out",
        LoadedModelState.Loading => "loading",
        LoadedModelState.Loaded => "loaded",
        _ => "leaving",
    };
}
