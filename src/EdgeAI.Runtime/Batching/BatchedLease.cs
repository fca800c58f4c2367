using System.Diagnostics;
using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Providers;
using EdgeAI.Running;

namespace EdgeAI.Batching;

/// <summary>A lease whose runs share batches with those of others. What it is over is given back when it is disposed and its last request is done.</summary>
internal sealed class BatchedLease(IModelLease lease, ModelBatcher batcher, Action release) : IModelLease
{
    // The lease itself, and each request that is not done.
    private int _holders = 1;
    private int _isDisposed;
    private int _isReleased;

    public ModelReference Reference => lease.Reference;

    public Digest Digest => lease.Digest;

    public ModelSignature Signature => lease.Signature;

    public ExecutionDevice Device => lease.Device;

    public ValueTask<ModelOutputs> RunAsync(IReadOnlyDictionary<string, ModelValue> inputs, CancellationToken cancellationToken = default) =>
        RunAsync(inputs, null, cancellationToken);

    // A request with a priority, a deadline or a device of its own has them by itself.
    public async ValueTask<ModelOutputs> RunAsync(IReadOnlyDictionary<string, ModelValue> inputs, ModelRunOptions? options, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _holders);
        try
        {
            Require(inputs);
            if (options is null && batcher.TryDescribe(lease, inputs, cancellationToken) is { } request)
            {
                return await batcher.RunAsync(request).ConfigureAwait(false);
            }

            var started = Stopwatch.GetTimestamp();
            return Share(inputs, await lease.RunAsync(inputs, options, cancellationToken).ConfigureAwait(false), started);
        }
        finally
        {
            await ExitAsync().ConfigureAwait(false);
        }
    }

    public async ValueTask<ModelOutputs?> TryRunAsync(
        IReadOnlyDictionary<string, ModelValue> inputs, ModelRunOptions? options = null, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _holders);
        try
        {
            Require(inputs);
            var started = Stopwatch.GetTimestamp();
            return await lease.TryRunAsync(inputs, options, cancellationToken).ConfigureAwait(false) is { } outputs ? Share(inputs, outputs, started) : null;
        }
        finally
        {
            await ExitAsync().ConfigureAwait(false);
        }
    }

    public ModelOutputs Run(IReadOnlyDictionary<string, ModelValue> inputs, CancellationToken cancellationToken = default) => Run(inputs, null, cancellationToken);

    public ModelOutputs Run(IReadOnlyDictionary<string, ModelValue> inputs, ModelRunOptions? options, CancellationToken cancellationToken = default) =>
        RunHeld(inputs, () =>
        {
            if (options is null && batcher.TryDescribe(lease, inputs, cancellationToken) is { } request)
            {
                return batcher.Run(request);
            }

            var started = Stopwatch.GetTimestamp();
            return Share(inputs, lease.Run(inputs, options, cancellationToken), started);
        })!;

    public ModelOutputs? TryRun(IReadOnlyDictionary<string, ModelValue> inputs, ModelRunOptions? options = null, CancellationToken cancellationToken = default) =>
        RunHeld(inputs, () =>
        {
            var started = Stopwatch.GetTimestamp();
            return lease.TryRun(inputs, options, cancellationToken) is { } outputs ? Share(inputs, outputs, started) : null;
        });

    public IModelBinding Bind(IReadOnlyDictionary<string, ModelValue> inputs, IReadOnlyDictionary<string, TensorValue>? outputs = null)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) != 0, typeof(IModelLease));
        return lease.Bind(inputs, outputs);
    }

    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return ValueTask.CompletedTask;
        }

        // Who is about to go does not wait for company.
        batcher.Flush();
        return ExitAsync();
    }

    // What went past the batcher is a run of its own.
    private ModelOutputs Share(IReadOnlyDictionary<string, ModelValue> inputs, ModelOutputs outputs, long started) => batcher.FindRows(inputs) is { } rows
        ? outputs.WithBatch(new BatchShare(rows, rows, IsFirst: true, TimeSpan.Zero, Stopwatch.GetElapsedTime(started)))
        : outputs;

    private ModelOutputs? RunHeld(IReadOnlyDictionary<string, ModelValue> inputs, Func<ModelOutputs?> run)
    {
        Interlocked.Increment(ref _holders);
        try
        {
            Require(inputs);
            return run();
        }
        finally
        {
            var exiting = ExitAsync();
            if (!exiting.IsCompletedSuccessfully)
            {
                exiting.AsTask().GetAwaiter().GetResult();
            }
        }
    }

    // The caller is a holder already, so that either this sees the lease disposed, or the lease's end waits for the caller.
    private void Require(IReadOnlyDictionary<string, ModelValue> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) != 0, typeof(IModelLease));
        InputCheck.Require(Reference, Signature, inputs);
    }

    private ValueTask ExitAsync()
    {
        if (Interlocked.Decrement(ref _holders) > 0 || Interlocked.Exchange(ref _isReleased, 1) != 0)
        {
            return ValueTask.CompletedTask;
        }

        release();
        return lease.DisposeAsync();
    }
}
