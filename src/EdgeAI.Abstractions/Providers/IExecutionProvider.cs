using EdgeAI.Inference;
using EdgeAI.Memory;
using EdgeAI.Storage;

namespace EdgeAI.Providers;

/// <summary>Runs models on some kind of device. Implement it to bring another device, or another engine, under the runtime.</summary>
/// <remarks>Implementations are thread-safe. The engine asks providers in the order in which they are registered; of two that offer the same device the first one has it.</remarks>
public interface IExecutionProvider
{
    /// <summary>A short name, lowercase, unique among the providers: <c>cpu</c>, <c>cuda</c>, …</summary>
    string Name { get; }

    /// <summary>The devices that are usable now; empty when there is none.</summary>
    IReadOnlyList<ExecutionDevice> Devices { get; }

    /// <summary>Devices that were found and can't be used, and why; for people who look.</summary>
    /// <value>The default is none.</value>
    IReadOnlyList<DeviceStatus> UnusableDevices => [];

    /// <summary>Why one of the devices can't be used just now. It is asked at each request: answer from memory.</summary>
    /// <param name="device">One of <see cref="Devices"/>.</param>
    /// <returns>The reason in words, for people; null, the default, when the device can be used.</returns>
    string? FindProblem(ExecutionDevice device) => null;

    /// <summary>What a session will take, before there is one. It is reserved before the load, and corrected by what is measured then.</summary>
    /// <param name="model">The model on the hot tier.</param>
    /// <param name="device">One of <see cref="Devices"/>.</param>
    /// <returns>Bytes by kind; null, the default, leaves the estimate to the engine.</returns>
    MemoryUse? EstimateMemory(IHotModel model, ExecutionDevice device) => null;

    /// <summary>Makes a session from a hot model.</summary>
    /// <param name="model">The model on the hot tier. The engine keeps it there, and disposes it after the session.</param>
    /// <param name="device">One of <see cref="Devices"/>.</param>
    /// <param name="cancellationToken">Cancels the loading.</param>
    /// <exception cref="ModelLoadException">The provider can't load this model.</exception>
    ValueTask<IModelSession> CreateSessionAsync(IHotModel model, ExecutionDevice device, CancellationToken cancellationToken = default);
}
