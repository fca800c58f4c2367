using EdgeAI.Inference;
using EdgeAI.Isolation;
using EdgeAI.Providers;
using EdgeAI.Providers.Onnx;
using EdgeAI.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeAI.DependencyInjection;

/// <summary>What a worker process is made of: of all that an app has, one provider.</summary>
internal static class WorkerComposition
{
    /// <exception cref="ModelLoadException">The device is not there.</exception>
    public static IExecutionProvider CreateProvider(WorkerLoad load)
    {
        var options = load.CreateOptions();
        return load.Device.Provider == OnnxCpuProvider.ProviderName
            ? new OnnxCpuProvider(ModelStore.Layout, options, load.Room, NullLogger<OnnxCpuProvider>.Instance) { WorkingMemory = new NoWorkingMemory() }
            : new OnnxProviders(options).Find().FirstOrDefault(provider => provider.Devices.Contains(load.Device))
                ?? throw new ModelLoadException(load.Name, load.Device.ToString(), $"The worker process does not find the device {load.Device}.");
    }
}
