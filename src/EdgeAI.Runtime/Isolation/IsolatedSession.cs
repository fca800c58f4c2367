using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Memory;
using EdgeAI.Models;
using EdgeAI.Providers;
using EdgeAI.Providers.Onnx;
using EdgeAI.Storage;

namespace EdgeAI.Isolation;

/// <summary>A model that runs in a worker process, one run after the other. When the worker dies the session stays, and starts another one at a later run.</summary>
internal sealed class IsolatedSession : IModelSession
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly IHotModel _files;
    private readonly ExecutionDevice _device;
    private readonly InferenceOptions _options;
    private readonly TimeProvider _time;
    private readonly string _name;
    private WorkerProcess? _worker;
    private TimeSpan _delay;
    private long _diedAt;

    private IsolatedSession(IHotModel files, ExecutionDevice device, InferenceOptions options, TimeProvider time)
    {
        _files = files;
        _device = device;
        _options = options;
        _time = time;
        _name = files.Manifest.Files[0].Path;
    }

    public ModelSignature Signature => _files.Manifest.Signature;

    public MemoryUse Memory { get; private set; }

    /// <summary>The worker's process, for tests; null when there is none.</summary>
    public int? WorkerId => _worker?.Id;

    /// <exception cref="ModelLoadException">The model can't be loaded out of process, or its worker died of it.</exception>
    public static async Task<IModelSession> CreateAsync(IHotModel files, ExecutionDevice device, InferenceOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var session = new IsolatedSession(files, device, options, time);
        if (device.Provider != OnnxCpuProvider.ProviderName)
        {
            throw new ModelLoadException(session._name, device.ToString(), "Models run out of process on the processor only.");
        }

        OnnxCpuProvider.RequireRunnable(files.Manifest, session._name, device);
        session._worker = await Task.Run(() => session.Start(cancellationToken), cancellationToken).ConfigureAwait(false);
        return session;
    }

    public ModelOutputs Run(IReadOnlyDictionary<string, ModelValue> inputs, CancellationToken cancellationToken)
    {
        _turn.Wait(cancellationToken);
        try
        {
            _worker ??= Restart(cancellationToken);
            var results = _worker.Run(inputs, cancellationToken);
            _delay = TimeSpan.Zero;
            return new ModelOutputs([.. results.Keys], [.. results.Values]);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException)
        {
            throw Died();
        }
        catch (EdgeAIException exception) when (exception.GetType() == typeof(EdgeAIException))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new InferenceException(_name, _device.ToString(), exception.Message, exception);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _worker?.Dispose();
        _turn.Dispose();
    }

    private WorkerProcess Restart(CancellationToken cancellationToken)
    {
        var left = _delay - _time.GetElapsedTime(_diedAt);
        return left > TimeSpan.Zero
            ? throw new ModelWorkerException(_name, "it died before, and is not started again at once.", exitCode: null, left)
            : Start(cancellationToken);
    }

    private ModelWorkerException Died()
    {
        var code = _worker!.End();
        _worker.Dispose();
        _worker = null;
        Delay();
        return new ModelWorkerException(_name, $"it ended with {Describe(code)} during a run.", code, _delay);
    }

    private void Delay()
    {
        _delay = _delay == TimeSpan.Zero ? TimeSpan.FromSeconds(1) : TimeSpan.FromTicks(Math.Min(LongestDelay.Ticks, _delay.Ticks * 2));
        _diedAt = _time.GetTimestamp();
    }

    private static string Describe(int? code) => code switch
    {
        null => "an unknown code",
        > 128 and < 192 when !OperatingSystem.IsWindows() => $"signal {code - 128}",
        _ => $"exit code {code}",
    };

    private WorkerProcess Start(CancellationToken cancellationToken)
    {
        WorkerProcess? worker = null;
        try
        {
            worker = WorkerProcess.Start();
            var weights = _files.Files.WeightsPath is { } path ? new FileInfo(path).Length : 0;
            var plan = WeightPackingPolicy.Choose(_options, _files.Manifest, weights, long.MaxValue);
            var taken = worker.Load(
                writer =>
                {
                    writer.Write(_name);
                    writer.Write(_files.Files.ModelPath);
                    writer.Write(_files.Files.WeightsPath ?? string.Empty);
                    writer.Write(_options.CpuThreads);
                    writer.Write(plan is PackingPlan.Private or PackingPlan.Kept);
                },
                cancellationToken);
            Memory = new MemoryUse(taken, weights, 0);
            return worker;
        }
        catch (Exception exception) when (exception is IOException or EdgeAIException or NotSupportedException or System.ComponentModel.Win32Exception)
        {
            var code = exception is IOException ? worker?.End() : null;
            worker?.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            Delay();
            throw new ModelLoadException(
                _name,
                _device.ToString(),
                exception is IOException ? $"Its worker process ended with {Describe(code)}." : exception.Message,
                exception);
        }
    }
}
