using System.Diagnostics;
using System.Threading.Channels;

namespace EdgeAI.Pipelines;

/// <summary>One run of a pipeline: its stages' tasks, its buffers, and how it ends. Thread-safe once all stages are connected.</summary>
#pragma warning disable CA1001 // The source has no timer and no wait handle, and stages may look at its token to the last.
internal sealed class PipelineScope(PipelineOptions options)
#pragma warning restore CA1001
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _stages = [];
    private readonly List<Action> _drains = [];
    private Exception? _failure;

    /// <summary>Cancelled when the run ends early.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>What ended the run; null when nothing did.</summary>
    public Exception? Failure => Volatile.Read(ref _failure);

    /// <summary>A buffer between two stages.</summary>
    public Channel<Flow<T>> CreateBuffer<T>(int capacity, bool hasOneWriter)
    {
        var buffer = Channel.CreateBounded<Flow<T>>(new BoundedChannelOptions(capacity) { SingleReader = false, SingleWriter = hasOneWriter });
        _drains.Add(() =>
        {
            while (buffer.Reader.TryRead(out var flow))
            {
                Discard(flow);
            }
        });
        return buffer;
    }

    /// <summary>Begins a stage that writes to a buffer, which ends with it.</summary>
    public void Start<T>(ChannelWriter<Flow<T>> output, Func<Task> work) => _stages.Add(Task.Run(async () =>
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (Token.IsCancellationRequested)
        {
            // The run has ended, and knows why.
        }
        catch (Exception exception)
        {
            Stop(exception);
        }
        finally
        {
            output.TryComplete();
        }
    }));

    /// <summary>Hands a result on; what can't be handed on any more is discarded.</summary>
    /// <remarks>A cancelled <c>WriteAsync</c> of a bounded channel may have written all the same (.NET 10.0), and the result would be discarded twice: <c>TryWrite</c> says which it was.</remarks>
    public async ValueTask WriteAsync<T>(ChannelWriter<Flow<T>> output, Flow<T> flow)
    {
        try
        {
            while (await output.WaitToWriteAsync(Token).ConfigureAwait(false))
            {
                if (output.TryWrite(flow))
                {
                    return;
                }
            }
        }
        catch
        {
            Discard(flow);
            throw;
        }

        // Only the stage that writes to a buffer closes it.
        throw new UnreachableException();
    }

    /// <summary>Tells that an item has failed.</summary>
    /// <exception cref="PipelineStageException">The run ends with it.</exception>
    public void Fail(string stage, object? item, Exception exception)
    {
        var failure = new PipelineFailure(stage, item, exception);
        if (options.OnItemFailed is not { } tell)
        {
            throw new PipelineStageException(failure);
        }

        tell(failure);
    }

    public void Discard<T>(Flow<T> flow)
    {
        if (flow is { Kind: FlowKind.Item, Value: { } value })
        {
            options.OnDiscarded?.Invoke(value);
        }
    }

    /// <summary>Ends the run early. The first reason counts.</summary>
    public void Stop(Exception reason)
    {
        if (Interlocked.CompareExchange(ref _failure, reason, null) is null)
        {
            _stop.Cancel();
        }
    }

    /// <summary>Completes when every stage has ended; what still waited between them has then been discarded.</summary>
    public async Task EndAsync()
    {
        await Task.WhenAll(_stages).ConfigureAwait(false);
        _drains.ForEach(drain => drain());
    }
}
