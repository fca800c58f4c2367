using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Providers;

namespace EdgeAI.Runtime.Tests.Loading;

/// <summary>A session that gives back what it is given, when the test lets it.</summary>
internal sealed class FakeSession(ModelSignature signature) : IModelSession
{
    private readonly ManualResetEventSlim _gate = new(initialState: true);
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ModelSignature Signature => signature;

    public bool IsDisposed { get; private set; }

    /// <summary>The inputs of the last run.</summary>
    public IReadOnlyDictionary<string, ModelValue>? Inputs { get; private set; }

    /// <summary>Completes when a run has begun.</summary>
    public Task RunStarted => _started.Task;

    public void HoldRuns() => _gate.Reset();

    public void LetRunsEnd() => _gate.Set();

    public ModelOutputs Run(IReadOnlyDictionary<string, ModelValue> inputs, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        Inputs = inputs;
        _started.TrySetResult();
        _gate.Wait(cancellationToken);
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        return new ModelOutputs([.. inputs.Keys], [.. inputs.Values]);
    }

    public void Dispose() => IsDisposed = true;
}
