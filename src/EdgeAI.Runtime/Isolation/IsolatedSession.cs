using System.ComponentModel;
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
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly string _reference;
    private readonly WorkerLoad _load;
    private readonly TimeProvider _time;
    private WorkerProcess? _worker;
    private MemoryUse _loaded;
    private long _private;
    private int _deaths;
    private TimeSpan _delay;
    private long _diedAt;
    private volatile bool _isDisposed;

    private IsolatedSession(ModelReference reference, WorkerLoad load, ModelSignature signature, TimeProvider time)
    {
        _reference = reference.ToString();
        _load = load;
        _time = time;
        Signature = signature;
    }

    public ModelSignature Signature { get; }

    /// <summary>What the worker takes, all of it: .NET and ONNX Runtime too.</summary>
    public MemoryUse Memory => _loaded with { Private = Volatile.Read(ref _private) };

    /// <summary>The worker's process; null when there is none.</summary>
    public int? WorkerId => Volatile.Read(ref _worker)?.Id;

    /// <summary>Whether a worker can run models on a provider's devices: it has none but ONNX Runtime's.</summary>
    public static bool CanRunOn(IExecutionProvider provider) => provider is OnnxCpuProvider or OnnxDeviceProvider;

    /// <summary>Starts a worker and loads a model there.</summary>
    /// <param name="reference">What the model is called, in exceptions.</param>
    /// <param name="files">The model. It must stay until the session is disposed.</param>
    /// <param name="device">A device of a provider that a worker can run models on.</param>
    /// <param name="options">How models are run.</param>
    /// <param name="room">The bytes that there are for models.</param>
    /// <param name="time">For delays.</param>
    /// <param name="cancellationToken">Cancels the loading.</param>
    /// <exception cref="ModelLoadException">The worker can't load the model, or died of it.</exception>
    public static async Task<IModelSession> CreateAsync(
        ModelReference reference, IHotModel files, ExecutionDevice device, InferenceOptions options, MemoryUse room, TimeProvider time, CancellationToken cancellationToken)
    {
        var load = WorkerLoad.Of(files, device, options, room);
        OnnxCpuProvider.RequireRunnable(files.Manifest, load.Name, device);
        var session = new IsolatedSession(reference, load, files.Manifest.Signature, time);
        session._worker = await Task.Run(() => session.Start(cancellationToken), cancellationToken).ConfigureAwait(false);
        return session;
    }

    public ModelOutputs Run(IReadOnlyDictionary<string, ModelValue> inputs, CancellationToken cancellationToken)
    {
        _turn.Wait(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _worker ??= Restart(cancellationToken);
            var results = _worker.Run(inputs, cancellationToken);
            Volatile.Write(ref _private, _worker.PrivateBytes);
            _deaths = 0;
            return new ModelOutputs([.. results.Keys], [.. results.Values]);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException && _worker is not null)
        {
            throw Died(exception, cancellationToken);
        }
        catch (EdgeAIException exception) when (exception.GetType() == typeof(EdgeAIException))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new InferenceException(_load.Name, _load.Device.ToString(), exception.Message, exception);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;

        // A run that goes on, which the engine has left, ends with its worker.
        Volatile.Read(ref _worker)?.Kill();
        _turn.Wait();
        _worker?.Dispose();
        _worker = null;
        _turn.Release();
    }

    private WorkerProcess Restart(CancellationToken cancellationToken)
    {
        var left = _delay - _time.GetElapsedTime(_diedAt);
        return left > TimeSpan.Zero
            ? throw new ModelWorkerException(_reference, _load.Device.ToString(), "it died more than once, and is not started again at once.", exitCode: null, left)
            : Start(cancellationToken);
    }

    private Exception Died(Exception exception, CancellationToken cancellationToken)
    {
        var code = _worker!.EndProcess();
        _worker.Dispose();
        _worker = null;
        Volatile.Write(ref _private, 0);
        if (_isDisposed)
        {
            return new ObjectDisposedException(typeof(IModelSession).FullName);
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return new OperationCanceledException(cancellationToken);
        }

        NoteDeath();
        var reason = exception is InvalidDataException ? $"its answer was none ({exception.Message})" : $"it ended with {Describe(code)}";
        return new ModelWorkerException(_reference, _load.Device.ToString(), reason + " during a run.", code, _delay);
    }

    // After the first one a worker starts at the next run: most deaths are the work of one input.
    private void NoteDeath()
    {
        _delay = _deaths == 0 ? TimeSpan.Zero : TimeSpan.FromTicks(Math.Min(LongestDelay.Ticks, FirstDelay.Ticks << Math.Min(_deaths - 1, 16)));
        _deaths++;
        _diedAt = _time.GetTimestamp();
    }

    private WorkerProcess Start(CancellationToken cancellationToken)
    {
        WorkerProcess? worker = null;
        try
        {
            worker = WorkerProcess.Start(_time);
            _loaded = worker.Load(_load, cancellationToken);
            Volatile.Write(ref _private, _loaded.Private);
            return worker;
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or EdgeAIException or NotSupportedException or Win32Exception)
        {
            var code = exception is IOException ? worker?.EndProcess() : null;
            worker?.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            NoteDeath();
            var reason = exception is IOException ? $"Its worker process ended with {Describe(code)} while it loaded." : exception.Message;
            throw new ModelLoadException(_load.Name, _load.Device.ToString(), reason, exception);
        }
    }

    private static string Describe(int? code) => code switch
    {
        null => "an unknown code",
        > 128 and < 192 when !OperatingSystem.IsWindows() => $"signal {code - 128}",
        _ => $"exit code {code}",
    };
}
