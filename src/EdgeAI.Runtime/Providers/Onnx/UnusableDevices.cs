using EdgeAI.Storage;

namespace EdgeAI.Providers.Onnx;

/// <summary>What was found and can't be used.</summary>
internal sealed class UnusableDevices(IReadOnlyList<DeviceStatus> devices) : IExecutionProvider
{
    public string Name => "unusable";

    public IReadOnlyList<ExecutionDevice> Devices => [];

    IReadOnlyList<DeviceStatus> IExecutionProvider.UnusableDevices => devices;

    public ValueTask<IModelSession> CreateSessionAsync(IHotModel model, ExecutionDevice device, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("There is no device here.");
}
