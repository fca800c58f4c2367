using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Memory;
using EdgeAI.Models;
using EdgeAI.Providers;
using EdgeAI.Providers.Onnx;
using EdgeAI.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeAI.Runtime.Tests.Batching;

/// <summary>The processor, by ONNX Runtime, whose runs stand still until the test lets them go, and that counts their rows.</summary>
internal sealed class GatedProvider : IExecutionProvider, IDisposable
{
    private readonly OnnxCpuProvider _processor = new(ModelStore.Layout, new InferenceOptions(), new MemoryUse(long.MaxValue, long.MaxValue, long.MaxValue), NullLogger<OnnxCpuProvider>.Instance);
    private readonly ManualResetEventSlim _gate = new(initialState: true);
    private readonly SemaphoreSlim _started = new(0);
    private readonly List<long> _rows = [];

    public string Name => _processor.Name;

    public IReadOnlyList<ExecutionDevice> Devices => _processor.Devices;

    /// <summary>The rows of each run so far.</summary>
    public IReadOnlyList<long> Rows
    {
        get
        {
            lock (_rows)
            {
                return [.. _rows];
            }
        }
    }

    public void HoldRuns() => _gate.Reset();

    public void LetRunsEnd() => _gate.Set();

    /// <summary>Completes when one run more has begun.</summary>
    public Task NextRunStarted() => _started.WaitAsync(TestContext.Current.CancellationToken);

    public async ValueTask<IModelSession> CreateSessionAsync(IHotModel model, ExecutionDevice device, CancellationToken cancellationToken = default) =>
        new GatedSession(this, await _processor.CreateSessionAsync(model, device, cancellationToken));

    public void Dispose()
    {
        _gate.Dispose();
        _started.Dispose();
    }

    private sealed class GatedSession(GatedProvider provider, IModelSession session) : IModelSession
    {
        public ModelSignature Signature => session.Signature;

        public ModelOutputs Run(IReadOnlyDictionary<string, ModelValue> inputs, CancellationToken cancellationToken)
        {
            lock (provider._rows)
            {
                provider._rows.Add(inputs.Values.First().AsTensor().Shape[0]);
            }

            provider._started.Release();
            provider._gate.Wait(cancellationToken);
            return session.Run(inputs, cancellationToken);
        }

        public void Dispose() => session.Dispose();
    }
}
