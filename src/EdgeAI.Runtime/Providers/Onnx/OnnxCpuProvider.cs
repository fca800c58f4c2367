using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Memory;
using EdgeAI.Models;
using EdgeAI.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;

namespace EdgeAI.Providers.Onnx;

/// <summary>Runs models on the processor by ONNX Runtime, weights mapped.</summary>
/// <param name="layout">Lays optimised graphs out.</param>
/// <param name="options">How models are run.</param>
/// <param name="room">The bytes that there are for models.</param>
/// <param name="logger">Told what goes wrong and is passed over.</param>
internal sealed partial class OnnxCpuProvider(IHotFileLayout layout, InferenceOptions options, MemoryUse room, ILogger<OnnxCpuProvider> logger) : IExecutionProvider
{
    /// <summary>The name of this provider: <c>cpu</c>.</summary>
    public const string ProviderName = "cpu";

    private readonly OnnxOptimization _optimization = new(layout);
    private readonly OnnxGraphLoader _loader = new(options, room.Mapped);

    // Packing takes memory of the weights' size while it goes on: one model at a time in a process.
    private static readonly SemaphoreSlim Packing = new(1, 1);

    /// <summary>Gives the bytes that packing behind requests takes while it goes on; null where nobody counts them.</summary>
    public IWorkingMemory? WorkingMemory { get; set; }

    public string Name => ProviderName;

    private bool IsSaving => options.PowerPolicy == PowerPolicy.Efficient;

    public IReadOnlyList<ExecutionDevice> Devices { get; } =
        [new ExecutionDevice(ProviderName, DeviceKind.Cpu, "0", $"CPU, {Environment.ProcessorCount} processors")];

    public async ValueTask<IModelSession> CreateSessionAsync(IHotModel model, ExecutionDevice device, CancellationToken cancellationToken = default)
    {
        var name = model.Manifest.Files[0].Path;
        RequireRunnable(model.Manifest, name, device);
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

    /// <summary>Refuses what ONNX Runtime can't run, in words.</summary>
    /// <exception cref="ModelLoadException">It is of another format, or has outputs that can't be handed on.</exception>
    public static void RequireRunnable(ModelManifest manifest, string name, ExecutionDevice device)
    {
        if (manifest.Format != ModelFormat.Onnx)
        {
            var reason = new NotSupportedException($"No execution provider here runs models in the format {manifest.Format}; it runs ONNX.");
            throw new ModelLoadException(name, device.ToString(), reason.Message, reason);
        }

        // Of an output that turns out to hold nothing, ONNX Runtime's C# interface reads through a null pointer, which ends the process.
        if (manifest.Signature.Outputs.FirstOrDefault(output => output.Type.Kind == ModelValueKind.Optional) is { } optional)
        {
            throw new ModelLoadException(name, device.ToString(), $"The output {optional} may hold nothing, which this runtime can't hand on; give out a tensor.");
        }
    }

    private async Task<IModelSession> CreateAsync(IHotModel model, ExecutionDevice device, string name, CancellationToken cancellationToken)
    {
        var length = model.Files.WeightsPath is { } path ? new FileInfo(path).Length : 0;
        var plan = WeightPackingPolicy.Choose(options, model.Manifest, length, room.Private);
        if (plan == PackingPlan.Kept && await TryLoadPackedAsync(model, name, isBehind: false, cancellationToken).ConfigureAwait(false) is { } packed)
        {
            GiveMemoryBack();
            var kept = new OnnxSession(name, device, model.Manifest.Signature, packed);
            PreparePackedForCrowds(kept, model, name, length);
            return kept;
        }

        // Who changes over anyway need not wait until the graph is written and read again: it is optimised over the mapped weights, as it will be when it is kept.
        var optimized = plan == PackingPlan.Behind
            ? _optimization.Find(model, isPacked: false)
            : await TryMakeAsync(model, name, isPacked: false, isBehind: false, cancellationToken).ConfigureAwait(false);
        var isPacked = plan is PackingPlan.Private or PackingPlan.Kept;
        var graph = _loader.Load(
            optimized ?? model.Files,
            optimized is null ? GraphOptimizationLevel.ORT_ENABLE_ALL : GraphOptimizationLevel.ORT_DISABLE_ALL,
            isPacked,
            cancellationToken,
            threads: optimized is not null && plan != PackingPlan.Behind && IsTried(length) && !IsSaving ? RunThreads.AwakeBriefly : RunThreads.AsSet);
        var session = new OnnxSession(name, device, model.Manifest.Signature, graph);
        if (plan == PackingPlan.Behind)
        {
            session.ChangeOverAfterFirstRun(token => MakeBehindAsync(model, name, length, token), () => EndChangeOver(session, model, name, length));
        }
        else if (optimized is not null)
        {
            OnnxGraphSession LoadFor(RunThreads threads, CancellationToken token) =>
                _loader.Load(optimized, GraphOptimizationLevel.ORT_DISABLE_ALL, isPacked, token, threads: threads);
            ChooseThreads(session, LoadFor, isPacked ? length : 0, name, length);
        }

        return session;
    }

    private void ChooseThreads(OnnxSession session, Func<RunThreads, CancellationToken, OnnxGraphSession> load, long privateBytes, string name, long length)
    {
        OnnxGraphSession LoadOfOne(CancellationToken token) => load(RunThreads.One, token);
        if (!IsTried(length))
        {
            PrepareForCrowds(session, LoadOfOne, privateBytes, name, length);
            return;
        }

        var room = new WorkingRoom(WorkingMemory, privateBytes);
        session.TryThreads(
            IsSaving,
            async (threads, token) => (await MakeBesideAsync(token => load(threads, token), room, name, token).ConfigureAwait(false))?.Graph,
            found =>
            {
                room.GiveBack();
                if (found is { } threads)
                {
                    GiveMemoryBack();
                    LogThreads(logger, name, threads);
                }

                if (found != RunThreads.One)
                {
                    PrepareForCrowds(session, LoadOfOne, privateBytes, name, length);
                }
            });
    }

    // Who sets the threads has them, and a model that is read from its file at each run is not read twice at a time.
    private bool MayChooseThreads(long length) => options.CpuThreads == 0 && Environment.ProcessorCount > 1 && length <= room.Mapped;

    private bool IsTried(long length) => length <= WeightPackingPolicy.SmallModel && MayChooseThreads(length);

    private void PreparePackedForCrowds(OnnxSession session, IHotModel model, string name, long length) => PrepareForCrowds(
        session,
        token => _loader.LoadPacked(_optimization.Find(model, isPacked: true) ?? throw new FileNotFoundException("The packed weights are gone."), isBehind: true, token, RunThreads.One),
        0,
        name,
        length);

    private void PrepareForCrowds(OnnxSession session, Func<CancellationToken, OnnxGraphSession> load, long privateBytes, string name, long length)
    {
        if (!MayChooseThreads(length))
        {
            return;
        }

        session.UseOneThreadInCrowds(async token =>
        {
            var room = new WorkingRoom(WorkingMemory, privateBytes);
            try
            {
                if (await MakeBesideAsync(load, room, name, token).ConfigureAwait(false) is not { } made)
                {
                    return null;
                }

                session.Grown?.Invoke(Math.Max(0, made.Bytes ?? privateBytes));
                LogCrowds(logger, name);
                return made.Graph;
            }
            finally
            {
                room.GiveBack();
            }
        });
    }

    // Another session of the same graph, beside runs, and the private memory that it took, where that was measured; null when there is no room for it or it failed.
    private async Task<(OnnxGraphSession Graph, long? Bytes)?> MakeBesideAsync(
        Func<CancellationToken, OnnxGraphSession> load, WorkingRoom room, string name, CancellationToken cancellationToken)
    {
        try
        {
            if (!await room.TryTakeAsync(cancellationToken).ConfigureAwait(false))
            {
                return null;
            }

            // What it takes is no other step's.
            var step = MemoryMeter.Process.Begin();
            OnnxGraphSession graph;
            try
            {
                graph = load(cancellationToken);
            }
            catch
            {
                MemoryMeter.Process.End(step);
                throw;
            }

            return (graph, MemoryMeter.Process.End(step));
        }
        catch (Exception exception) when (exception is OperationCanceledException or OnnxRuntimeException or IOException or UnauthorizedAccessException)
        {
            LogNotTried(logger, exception, name);
            return null;
        }
    }

    // The graph that later loads begin with, and then the packed weights.
    private async Task<OnnxGraphSession?> MakeBehindAsync(IHotModel model, string name, long bytes, CancellationToken cancellationToken)
    {
        try
        {
            _ = await TryMakeAsync(model, name, isPacked: false, isBehind: true, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            return null;
        }

        return await PackInBudgetAsync(model, name, bytes, cancellationToken).ConfigureAwait(false);
    }

    // While it goes on the packed weights are in private memory, as large as the weights.
    private async Task<OnnxGraphSession?> PackInBudgetAsync(IHotModel model, string name, long bytes, CancellationToken cancellationToken)
    {
        // What has been packed before is only mapped.
        if (WorkingMemory is null || _optimization.Find(model, isPacked: true) is not null)
        {
            return await PackBehindAsync(model, name, cancellationToken).ConfigureAwait(false);
        }

        try
        {
            if (!await WorkingMemory.TakeAsync(bytes, cancellationToken).ConfigureAwait(false))
            {
                return null;
            }
        }
        catch (OperationCanceledException)
        {
            return null;
        }

        try
        {
            return await PackBehindAsync(model, name, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            WorkingMemory.GiveBack(bytes);
        }
    }

    private async Task<OnnxGraphSession?> PackBehindAsync(IHotModel model, string name, CancellationToken cancellationToken)
    {
        try
        {
            await Packing.WaitAsync(cancellationToken).ConfigureAwait(false);

            // What packing takes meanwhile is no other step's.
            var step = MemoryMeter.Process.Begin();
            try
            {
                return await TryLoadPackedAsync(model, name, isBehind: true, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                MemoryMeter.Process.End(step);
                Packing.Release();
            }
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private async ValueTask<OnnxGraphSession?> TryLoadPackedAsync(IHotModel model, string name, bool isBehind, CancellationToken cancellationToken)
    {
        if (await TryMakeAsync(model, name, isPacked: true, isBehind, cancellationToken).ConfigureAwait(false) is not { } files)
        {
            return null;
        }

        try
        {
            return _loader.LoadPacked(files, isBehind, cancellationToken);
        }
        catch (OnnxRuntimeException exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotKept(logger, exception, name);
            return null;
        }
    }

    // What is kept saves time at the next load; without it the model loads all the same, so what goes wrong here is told and passed over.
    private async ValueTask<HotFiles?> TryMakeAsync(IHotModel model, string name, bool isPacked, bool isBehind, CancellationToken cancellationToken)
    {
        try
        {
            return _optimization.Find(model, isPacked) ?? await _optimization.MakeAsync(
                model,
                isPacked,
                configure => Write(model.Files, isPacked, isBehind, configure, cancellationToken),
                cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OnnxRuntimeException or StorageException or InvalidModelException or IOException or UnauthorizedAccessException
            && !cancellationToken.IsCancellationRequested)
        {
            LogNotKept(logger, exception, name);
            return null;
        }
    }

    private static void Write(HotFiles files, bool isPacked, bool isBehind, Action<SessionOptions> configure, CancellationToken cancellationToken)
    {
        if (isBehind)
        {
            LowPriorityThread.Run(() => OnnxGraphLoader.Write(files, GraphOptimizationLevel.ORT_ENABLE_ALL, isPacked, threads: 1, configure, cancellationToken));
        }
        else
        {
            OnnxGraphLoader.Write(files, GraphOptimizationLevel.ORT_ENABLE_ALL, isPacked, threads: 0, configure, cancellationToken);
        }
    }

    private void EndChangeOver(OnnxSession session, IHotModel model, string name, long length)
    {
        GiveMemoryBack();
        LogPacked(logger, name);
        PreparePackedForCrowds(session, model, name, length);
    }

    // The packing frees what it packed, which the C library would keep.
    private static void GiveMemoryBack() => GlibcHeap.Current?.Trim();

    [LoggerMessage(5, LogLevel.Debug, "{Model} is run by one thread each while there is a run for each processor.")]
    private static partial void LogCrowds(ILogger logger, string model);

    [LoggerMessage(4, LogLevel.Debug, "{Model} has found its threads: {Threads}.")]
    private static partial void LogThreads(ILogger logger, string model, RunThreads threads);

    [LoggerMessage(3, LogLevel.Debug, "{Model} keeps its threads; a session of other threads could not be made.")]
    private static partial void LogNotTried(ILogger logger, Exception exception, string model);

    [LoggerMessage(2, LogLevel.Information, "{Model} runs on packed weights from now on.")]
    private static partial void LogPacked(ILogger logger, string model);

    [LoggerMessage(1, LogLevel.Warning, "The optimised graph of {Model} could not be kept; the model is optimised anew at each load.")]
    private static partial void LogNotKept(ILogger logger, Exception exception, string model);
}
