using EdgeAI.Configuration;
using EdgeAI.Providers;
using EdgeAI.Providers.Onnx;
using EdgeAI.Storage;

namespace EdgeAI.Memory;

/// <summary>Guesses what a session will take, for the first load of a model on this machine.</summary>
internal static class MemoryEstimate
{
    // A session's own structures and small activations; measured over small models with ONNX Runtime 1.31.1: 2 to 7 MB.
    private const long SessionBytes = 8L << 20;

    // A graph in memory is about so many times its file.
    private const long GraphFactor = 2;

    // A worker's .NET and ONNX Runtime; one with Silero, which has 2 MB, takes 28 MB in all.
    private const long WorkerBytes = 20L << 20;

    public static MemoryUse OfWorker(IHotModel model, ExecutionDevice device, InferenceOptions options) => Of(model, device, options) + new MemoryUse(WorkerBytes, 0, 0);

    public static MemoryUse Of(IHotModel model, ExecutionDevice device, InferenceOptions options)
    {
        var weights = LengthOf(model.Files.WeightsPath);
        var graph = SessionBytes + (LengthOf(model.Files.ModelPath) * GraphFactor);
        return device.Kind == DeviceKind.Cpu
            ? new MemoryUse(graph + (WeightPackingPolicy.Choose(options, model.Manifest, weights, long.MaxValue) == PackingPlan.Private ? weights : 0), weights, 0)
            : new MemoryUse(graph, weights, weights);
    }

    private static long LengthOf(string? path) => path is not null && File.Exists(path) ? new FileInfo(path).Length : 0;
}
