using EdgeAI.Memory;
using EdgeAI.Providers;

namespace EdgeAI.Inference;

/// <summary>What monitoring reads of an engine, and does to it. An engine that has it is an <see cref="IInferenceEngine"/> that implements this too; rules that need it do nothing on another one, and say so.</summary>
/// <remarks>Thread-safe.</remarks>
public interface IEngineControl
{
    /// <summary>How many runs wait for devices.</summary>
    int WaitingRuns { get; }

    /// <summary>
    /// Refuses runs of <see cref="RunPriority.Low"/> with <see cref="LoadShedException"/>, which says to come back after this time; the Try forms give null. Null refuses none. More than zero.
    /// </summary>
    TimeSpan? ShedsFor { get; set; }

    /// <summary>The devices that are left alone for a while, because they failed or a run hangs there.</summary>
    IReadOnlyList<DeviceStatus> FailedDevices { get; }

    /// <summary>Gives the memory of models back that run nothing and are not pinned, one after the other: those first that nobody holds, and of these those whose return costs least.</summary>
    /// <param name="isEnough">Is asked before each one, with what is in memory then.</param>
    /// <param name="cancellationToken">Cancels between two models, and the wait for a run that has begun meanwhile.</param>
    /// <returns>What was given back.</returns>
    ValueTask<IReadOnlyList<LoadedModel>> SwapOutIdleAsync(Func<MemoryReport, ValueTask<bool>> isEnough, CancellationToken cancellationToken = default);
}
