using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Telemetry;
using Microsoft.Extensions.Logging;

namespace EdgeAI.Batching;

/// <summary>The batchers of an engine: leases of one model with equal options share one. Thread-safe.</summary>
internal sealed class ModelBatchers(TimeProvider time, ILogger logger, RuntimeTelemetry telemetry)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(Digest Model, BatchingOptions Options), (ModelBatcher Batcher, int Leases)> _batchers = [];

    /// <summary>Looks at options that did not pass the validation at the app's start.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is out of its range.</exception>
    public static void Require(BatchingOptions? options)
    {
        if (options is { MaxBatchSize: < 1 or > 65536 })
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.MaxBatchSize, "MaxBatchSize must be from 1 to 65536.");
        }

        if (options is { MaxConcurrentBatches: < 1 or > 64 })
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.MaxConcurrentBatches, "MaxConcurrentBatches must be from 1 to 64.");
        }

        if (options is not null && (options.MaxDelay < TimeSpan.Zero || options.MaxDelay > TimeSpan.FromMinutes(1)))
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.MaxDelay, "MaxDelay must be from zero to one minute.");
        }
    }

    /// <summary>A lease whose runs are batched with those of others. It owns the one that it is over.</summary>
    /// <exception cref="BatchingNotSupportedException">Requests for the model can't be batched; the lease has been given back.</exception>
    public async ValueTask<IModelLease> BatchAsync(IModelLease lease, BatchingOptions options)
    {
        try
        {
            return Batch(lease, BatchLayout.Create(lease.Reference, lease.Signature, options), (lease.Digest, options with { }));
        }
        catch (BatchingNotSupportedException)
        {
            await lease.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Lets all requests run that wait for others.</summary>
    public void Flush()
    {
        ModelBatcher[] batchers;
        lock (_lock)
        {
            batchers = [.. _batchers.Values.Select(entry => entry.Batcher)];
        }

        Array.ForEach(batchers, batcher => batcher.Flush());
    }

    // The key has a copy of the options, because the app may change its own.
    private BatchedLease Batch(IModelLease lease, BatchLayout layout, (Digest Model, BatchingOptions Options) key)
    {
        lock (_lock)
        {
            var (batcher, leases) = _batchers.TryGetValue(key, out var found) ? found : (new ModelBatcher(lease.Reference, layout, key.Options, time, logger, telemetry), 0);
            _batchers[key] = (batcher, leases + 1);
            return new BatchedLease(lease, batcher, () => Release(key));
        }
    }

    private void Release((Digest Model, BatchingOptions Options) key)
    {
        lock (_lock)
        {
            var (batcher, leases) = _batchers[key];
            if (leases > 1)
            {
                _batchers[key] = (batcher, leases - 1);
            }
            else
            {
                _batchers.Remove(key);
                batcher.Dispose();
            }
        }
    }
}
