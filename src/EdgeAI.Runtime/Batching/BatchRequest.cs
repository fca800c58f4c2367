using System.Diagnostics;
using EdgeAI.Inference;

namespace EdgeAI.Batching;

/// <summary>One caller's request: in a queue, in a batch, or done. What is not said to be for any thread belongs to the lock of <see cref="ModelBatcher"/>.</summary>
internal sealed class BatchRequest
{
    private readonly TaskCompletionSource<ModelOutputs> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The lease that it came by; the caller holds it until the request is done. For any thread, as all of these.</summary>
    public required IModelLease Lease { get; init; }

    public required IReadOnlyDictionary<string, ModelValue> Inputs { get; init; }

    public required BatchKey Key { get; init; }

    public required int Rows { get; init; }

    /// <summary>The size of its largest input.</summary>
    public required long Bytes { get; init; }

    public required CancellationToken Token { get; init; }

    /// <summary>What its caller was doing: it runs on a thread of others.</summary>
    public Activity? Caller { get; } = Activity.Current;

    public Task<ModelOutputs> Result => _result.Task;

    /// <summary>The timestamp at which it waits for no others any more.</summary>
    public long Due { get; set; }

    /// <summary>Its place in a queue; null when it is in none.</summary>
    public LinkedListNode<BatchRequest>? Place { get; set; }

    /// <summary>The batch that it is in.</summary>
    public Batch? Batch { get; set; }

    /// <summary>Runs it by itself. For whoever runs its batch, as the rest.</summary>
    public void RunAlone()
    {
        try
        {
            var started = Stopwatch.GetTimestamp();
            var outputs = Lease.Run(Inputs, Token);
            Succeed(outputs.WithBatch(new BatchShare(Rows, Rows, IsFirst: true, TimeSpan.Zero, Stopwatch.GetElapsedTime(started))));
        }
        catch (OperationCanceledException) when (Token.IsCancellationRequested)
        {
            Cancel();
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
    }

    public void Succeed(ModelOutputs outputs) => _result.SetResult(outputs);

    public void Fail(Exception exception) => _result.TrySetException(exception);

    public void Cancel() => _result.TrySetCanceled(Token);
}
