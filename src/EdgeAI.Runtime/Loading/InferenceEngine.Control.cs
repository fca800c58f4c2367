using EdgeAI.Inference;
using EdgeAI.Memory;
using EdgeAI.Providers;

namespace EdgeAI.Loading;

/// <summary>What monitoring reads and does.</summary>
internal sealed partial class InferenceEngine : IEngineControl
{
    public int WaitingRuns => _scheduler.WaitingRuns;

    public TimeSpan? ShedsFor
    {
        get => _shedding.RetryAfter;
        set => _shedding.RetryAfter = value;
    }

    public IReadOnlyList<DeviceStatus> FailedDevices => [.. _scheduler.All.Where(lane => lane.OutReason is not null).Select(lane => new DeviceStatus(lane.Device, false, lane.OutReason!))];

    public ValueTask<IReadOnlyList<LoadedModel>> SwapOutIdleAsync(Func<MemoryReport, ValueTask<bool>> isEnough, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(isEnough);
        return _models.SwapOutIdleAsync(isEnough, cancellationToken);
    }
}
