using EdgeAI.Inference;
using EdgeAI.Providers;
using EdgeAI.Storage;

namespace EdgeAI.Runtime.Tests.Loading;

/// <summary>A provider that loads nothing.</summary>
internal sealed class RefusingProvider : IExecutionProvider
{
    public string Name => "refusing";

    public IReadOnlyList<ExecutionDevice> Devices { get; } = [new("refusing", DeviceKind.Gpu, "0", "a device of the tests")];

    public ValueTask<IModelSession> CreateSessionAsync(IHotModel model, ExecutionDevice device, CancellationToken cancellationToken = default) =>
        throw new ModelLoadException(model.Digest.ToString(), device.ToString(), "It refuses everything.");
}
