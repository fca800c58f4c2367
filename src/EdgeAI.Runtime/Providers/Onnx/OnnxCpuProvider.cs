using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;

namespace EdgeAI.Providers.Onnx;

/// <summary>Runs models on the processor by ONNX Runtime, weights mapped.</summary>
internal sealed partial class OnnxCpuProvider(IHotFileLayout layout, InferenceOptions options, ILogger<OnnxCpuProvider> logger) : IExecutionProvider
{
    /// <summary>The name of this provider: <c>cpu</c>.</summary>
    public const string ProviderName = "cpu";

    private readonly OnnxOptimization _optimization = new(layout);

    public string Name => ProviderName;

    public IReadOnlyList<ExecutionDevice> Devices { get; } =
        [new ExecutionDevice(ProviderName, DeviceKind.Cpu, "0", $"CPU, {Environment.ProcessorCount} processors")];

    public async ValueTask<IModelSession> CreateSessionAsync(IHotModel model, ExecutionDevice device, CancellationToken cancellationToken = default)
    {
        var name = model.Manifest.Files[0].Path;
        if (model.Manifest.Format != ModelFormat.Onnx)
        {
            var reason = new NotSupportedException($"No execution provider here runs models in the format {model.Manifest.Format}; it runs ONNX.");
            throw new ModelLoadException(name, device.ToString(), reason.Message, reason);
        }

        RefuseOptionalOutputs(model.Manifest.Signature, name, device);
        try
        {
            return await Task.Run(() => CreateAsync(model, device, name, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OnnxRuntimeException or IOException or UnauthorizedAccessException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new ModelLoadException(name, device.ToString(), exception.Message, exception);
        }
    }

    // Of an output that turns out to hold nothing, ONNX Runtime's C# interface reads through a null pointer, which ends the process.
    private static void RefuseOptionalOutputs(ModelSignature signature, string name, ExecutionDevice device)
    {
        if (signature.Outputs.FirstOrDefault(output => output.Type.Kind == ModelValueKind.Optional) is { } optional)
        {
            throw new ModelLoadException(name, device.ToString(), $"The output {optional} may hold nothing, which this runtime can't hand on; give out a tensor.");
        }
    }

    private async Task<IModelSession> CreateAsync(IHotModel model, ExecutionDevice device, string name, CancellationToken cancellationToken)
    {
        var optimized = OnnxOptimization.Find(model) ?? await TryOptimizeAsync(model, name, cancellationToken).ConfigureAwait(false);
        var files = optimized ?? model.Files;
        var level = optimized is null ? GraphOptimizationLevel.ORT_ENABLE_ALL : GraphOptimizationLevel.ORT_DISABLE_ALL;
        var weights = files.WeightsPath is null ? null : new MappedWeights(files.WeightsPath);
        try
        {
            var session = Open(files, weights, level, IsPacked(model.Manifest, weights), null, cancellationToken);
            return new OnnxSession(name, device, model.Manifest.Signature, session, weights);
        }
        catch
        {
            weights?.Dispose();
            throw;
        }
    }

    // The kept graph saves time at the next load; without it the model loads all the same, so what goes wrong here is told and passed over.
    private async ValueTask<HotFiles?> TryOptimizeAsync(IHotModel model, string name, CancellationToken cancellationToken)
    {
        try
        {
            return await _optimization.MakeAsync(model, configure => Optimize(model.Files, configure, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OnnxRuntimeException or StorageException or InvalidModelException or IOException or UnauthorizedAccessException
            && !cancellationToken.IsCancellationRequested)
        {
            LogNotKept(logger, exception, name);
            return null;
        }
    }

    private void Optimize(HotFiles files, Action<SessionOptions> configure, CancellationToken cancellationToken)
    {
        using var weights = files.WeightsPath is null ? null : new MappedWeights(files.WeightsPath);
        using var session = Open(files, weights, GraphOptimizationLevel.ORT_ENABLE_ALL, isPacked: false, configure, cancellationToken);
    }

    private unsafe InferenceSession Open(
        HotFiles files,
        MappedWeights? weights,
        GraphOptimizationLevel level,
        bool isPacked,
        Action<SessionOptions>? configure,
        CancellationToken cancellationToken)
    {
        using var session = new SessionOptions
        {
            GraphOptimizationLevel = level,
            IntraOpNumThreads = options.CpuThreads,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };

        // Threads that spin within a run make it up to 1.7 times as fast; between runs they would take processors from the app for nothing.
        session.AddSessionConfigEntry("session.force_spinning_stop", "1");
        session.AddSessionConfigEntry("session.disable_prepacking", isPacked ? "0" : "1");
        if (weights is not null)
        {
            session.AddSessionConfigEntry("session.use_external_initializer_file_buffers_directly", "1");
            OrtNative.AddExternalFile(session, HotFiles.WeightsName, weights.Data, weights.Length);
        }

        configure?.Invoke(session);
        using var cancellation = cancellationToken.Register(state => ((SessionOptions)state!).SetLoadCancellationFlag(true), session);
        return new InferenceSession(files.ModelPath, session);
    }

    private bool IsPacked(ModelManifest manifest, MappedWeights? weights) => options.WeightPacking switch
    {
        WeightPacking.Always => true,
        WeightPacking.Never => false,
        _ => WeightPackingPolicy.IsWorthwhile(manifest, weights?.Length ?? 0),
    };

    [LoggerMessage(1, LogLevel.Warning, "The optimised graph of {Model} could not be kept; the model is optimised anew at each load.")]
    private static partial void LogNotKept(ILogger logger, Exception exception, string model);
}
