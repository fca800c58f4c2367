using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Storage;
using Microsoft.ML.OnnxRuntime;

namespace EdgeAI.Providers.Onnx;

/// <summary>
/// Runs models on the devices of one execution provider of ONNX Runtime: one that its build has, or that a plugin library brought. Weights are mapped as on the processor; the graph is
/// optimised at each load, because what it becomes is the provider's own affair.
/// </summary>
internal sealed class OnnxDeviceProvider : IExecutionProvider
{
    private readonly OrtEpDevice[] _devices;
    private readonly OnnxGraphLoader _loader;

    public OnnxDeviceProvider(string name, IEnumerable<OrtEpDevice> devices, InferenceOptions options)
    {
        Name = name;
        _devices = [.. devices];
        _loader = new OnnxGraphLoader(options, mappedRoom: long.MaxValue);
        Devices = [.. _devices.Select((device, index) => new ExecutionDevice(name, KindOf(device), $"{index}", $"{device.EpName} by {device.EpVendor}, {device.HardwareDevice.Type}"))];
    }

    public string Name { get; }

    public IReadOnlyList<ExecutionDevice> Devices { get; }

    public async ValueTask<IModelSession> CreateSessionAsync(IHotModel model, ExecutionDevice device, CancellationToken cancellationToken = default)
    {
        var name = model.Manifest.Files[0].Path;
        OnnxCpuProvider.RequireRunnable(model.Manifest, name, device);
        var index = Devices.ToList().IndexOf(device);
        try
        {
            var graph = await Task.Run(
                () => _loader.Load(model.Files, GraphOptimizationLevel.ORT_ENABLE_ALL, isPacked: true, cancellationToken, session => Append(session, _devices[index])),
                cancellationToken).ConfigureAwait(false);
            return new OnnxSession(name, device, model.Manifest.Signature, graph);
        }
        catch (Exception exception) when (exception is OnnxRuntimeException or IOException or UnauthorizedAccessException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new ModelLoadException(name, device.ToString(), exception.Message, exception);
        }
    }

    private static void Append(SessionOptions session, OrtEpDevice device) =>
        session.AppendExecutionProvider(OrtEnv.Instance(), [device], new Dictionary<string, string>());

    private static DeviceKind KindOf(OrtEpDevice device) => device.HardwareDevice.Type switch
    {
        OrtHardwareDeviceType.GPU => DeviceKind.Gpu,
        OrtHardwareDeviceType.NPU => DeviceKind.Npu,
        _ => DeviceKind.Cpu,
    };
}
