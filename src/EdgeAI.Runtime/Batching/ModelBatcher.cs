using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Telemetry;
using Microsoft.Extensions.Logging;

namespace EdgeAI.Batching;

/// <summary>Gathers the requests for one model into runs. Thread-safe; see readme.md beside this file.</summary>
internal sealed partial class ModelBatcher(ModelReference model, BatchLayout layout, BatchingOptions options, TimeProvider time, ILogger logger, RuntimeTelemetry telemetry) : IThreadPoolWorkItem, IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<BatchKey, BatchQueue> _queues = [];
    private readonly long _delay = (long)(options.MaxDelay.TotalSeconds * time.TimestampFrequency);
    private ITimer? _timer;
    private int _running;
    private volatile bool _isIndivisible;

    /// <summary>A request that may share a run; null when it has to run by itself.</summary>
    public BatchRequest? TryDescribe(IModelLease lease, IReadOnlyDictionary<string, ModelValue> inputs, CancellationToken cancellationToken) =>
        !_isIndivisible && layout.TryDescribe(inputs, out var key, out var rows, out var bytes) && rows <= options.MaxBatchSize
            ? new BatchRequest { Lease = lease, Inputs = inputs, Key = key, Rows = rows, Bytes = bytes, Token = cancellationToken }
            : null;

    /// <summary>How many rows a request has; null when they can't be told.</summary>
    public int? FindRows(IReadOnlyDictionary<string, ModelValue> inputs) => !_isIndivisible && layout.TryDescribe(inputs, out _, out var rows, out _) ? rows : null;

    public async Task<ModelOutputs> RunAsync(BatchRequest request)
    {
        var isStarted = Submit(request);
        using var registration = request.Token.UnsafeRegister(_ => Leave(request), null);
        if (isStarted)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }

        return await request.Result.ConfigureAwait(false);
    }

    /// <summary>The same for a caller that blocks: when nothing runs, the calling thread does, so that a pool whose threads all stand here still gets on.</summary>
    public ModelOutputs Run(BatchRequest request)
    {
        var isStarted = Submit(request);
        using var registration = request.Token.UnsafeRegister(_ => Leave(request), null);
        while (isStarted && RunNext())
        {
            if (request.Result.IsCompleted)
            {
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                break;
            }
        }

        return request.Result.GetAwaiter().GetResult();
    }

    /// <summary>Lets what waits for others wait no longer.</summary>
    public void Flush()
    {
        lock (_lock)
        {
            foreach (var request in _queues.Values.SelectMany(queue => queue.Requests))
            {
                request.Due = long.MinValue;
            }
        }

        Wake();
    }

    // Behind what the last batch has set off: callers that ask again as soon as they are answered come together again.
    void IThreadPoolWorkItem.Execute()
    {
        if (RunNext())
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _timer?.Dispose();
            _timer = null;
        }
    }

    private void Wake()
    {
        bool isStarted;
        lock (_lock)
        {
            isStarted = TryStart_NeedsLock();
        }

        if (isStarted)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    // Whoever is told true has to run what waits.
    private bool Submit(BatchRequest request)
    {
        request.Token.ThrowIfCancellationRequested();
        lock (_lock)
        {
            if (!_queues.TryGetValue(request.Key, out var queue))
            {
                queue = new BatchQueue();
                _queues.Add(request.Key, queue);
            }

            request.Due = time.GetTimestamp() + _delay;
            queue.Add(request);
            return TryStart_NeedsLock();
        }
    }

    private bool TryStart_NeedsLock()
    {
        if (_running == options.MaxConcurrentBatches || FindReady_NeedsLock() is null)
        {
            return false;
        }

        _running++;
        return true;
    }

    private bool RunNext()
    {
        Batch batch;
        lock (_lock)
        {
            if (FindReady_NeedsLock() is not var (key, queue))
            {
                _running--;
                return false;
            }

            batch = Take_NeedsLock(key, queue);
        }

        telemetry.NoteBatch(batch.Count);
        batch.Run();
        if (batch.IsIndivisible && !_isIndivisible)
        {
            _isIndivisible = true;
            LogIndivisible(logger, model);
        }

        return true;
    }

    private Batch Take_NeedsLock(BatchKey key, BatchQueue queue)
    {
        var requests = queue.Take(options.MaxBatchSize, out var rows);
        if (queue.IsEmpty)
        {
            _queues.Remove(key);
        }

        var batch = new Batch(layout.Signature, requests, rows);
        requests.ForEach(request => request.Batch = batch);
        return batch;
    }

    // The oldest first, if it need not wait; then any that is full. When all may wait for others, a timer wakes the oldest.
    private (BatchKey Key, BatchQueue Queue)? FindReady_NeedsLock()
    {
        (BatchKey Key, BatchQueue Queue)? oldest = null;
        (BatchKey Key, BatchQueue Queue)? full = null;
        foreach (var (key, queue) in _queues)
        {
            oldest = oldest is null || queue.Due < oldest.Value.Queue.Due ? (key, queue) : oldest;
            full = queue.Rows >= options.MaxBatchSize ? (key, queue) : full;
        }

        if (oldest is null || _delay == 0)
        {
            return oldest;
        }

        var now = time.GetTimestamp();
        if (oldest.Value.Queue.Due <= now)
        {
            return oldest;
        }

        if (full is null)
        {
            _timer ??= time.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

            // Timers count whole milliseconds.
            var wait = Math.Ceiling(time.GetElapsedTime(now, oldest.Value.Queue.Due).TotalMilliseconds);
            _timer.Change(TimeSpan.FromMilliseconds(wait), Timeout.InfiniteTimeSpan);
        }

        return full;
    }

    private void Leave(BatchRequest request)
    {
        Batch? batch;
        lock (_lock)
        {
            batch = request.Batch;
            if (request.Place is not null)
            {
                var queue = _queues[request.Key];
                queue.Remove(request);
                if (queue.IsEmpty)
                {
                    _queues.Remove(request.Key);
                }
            }
        }

        if (batch is null)
        {
            request.Cancel();
        }
        else
        {
            batch.Leave();
        }
    }

    [LoggerMessage(6, LogLevel.Warning, "The outputs of {Model} don't have the rows of its inputs; its requests run one by one from now on. Load it without batching.")]
    private static partial void LogIndivisible(ILogger logger, ModelReference model);
}
