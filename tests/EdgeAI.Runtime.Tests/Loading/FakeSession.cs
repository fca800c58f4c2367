using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Providers;

namespace EdgeAI.Runtime.Tests.Loading;

/// <summary>A session that gives zeros, when the test lets it.</summary>
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

    /// <summary>Fails runs while it is set.</summary>
    public Exception? Failure { get; set; }

    public void HoldRuns() => _gate.Reset();

    public void LetRunsEnd() => _gate.Set();

    public ModelOutputs Run(IReadOnlyDictionary<string, ModelValue> inputs, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        Inputs = inputs;
        _started.TrySetResult();
        _gate.Wait(cancellationToken);
        if (Failure is { } failure)
        {
            throw failure;
        }

        ObjectDisposedException.ThrowIf(IsDisposed, this);
        return new ModelOutputs([.. signature.Outputs.Select(output => output.Name)], [.. signature.Outputs.Select(Zeros)]);
    }

    public void Dispose() => IsDisposed = true;

    // Free dimensions are of size 1.
    private static TensorValue Zeros(ModelValueInfo output)
    {
        long[] shape = [.. (output.Type.Shape ?? []).Select(dimension => dimension.Size ?? 1)];
        var type = output.Type.ElementType!.Value;
        return TensorValue.FromBytes(type, new byte[type.GetByteCount(shape.Aggregate(1L, (product, size) => product * size))], shape);
    }
}
