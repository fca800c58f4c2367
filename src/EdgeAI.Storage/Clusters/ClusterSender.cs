using System.Collections.Concurrent;
using System.Diagnostics;
using EdgeAI.Storage.Durability;
using EdgeAI.Storage.Indexing;
using EdgeAI.Storage.Maintenance;
using EdgeAI.Storage.Telemetry;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace EdgeAI.Storage.Clusters;

/// <summary>
/// Sends what the outbox has for one cluster, in order, while there is anything. It runs in the background until the outbox is empty; of several processes one works, and another
/// takes over when that one dies. A failure is tried again after a pause, which doubles; a conflict waits for its owner. See the readme. Thread-safe.
/// </summary>
internal sealed partial class ClusterSender(
    ClusterMember member,
    StoreDirectory directory,
    StoreIndex index,
    StoreEpochs epochs,
    Func<ClusterPublisher> publish,
    TimeProvider time,
    ILogger logger,
    StorageTelemetry telemetry) : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxPause = TimeSpan.FromMinutes(5);

    // How soon a process that waits notices that another one, which has worked, is gone.
    private static readonly TimeSpan Watch = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentDictionary<long, Exception> _failures = [];
    private readonly CancellationTokenSource _end = new();
    private readonly SemaphoreSlim _wake = new(0);
    private readonly Lock _lock = new();
    private Task _running = Task.CompletedTask;
    private bool _isAsked;

    /// <summary>Begins, or tries again now what waits after a failure.</summary>
    public void Begin()
    {
        lock (_lock)
        {
            if (_end.IsCancellationRequested)
            {
                return;
            }

            _isAsked = true;
            if (_running.IsCompleted)
            {
                _running = Task.Run(RunAsync);
            }
            else if (_wake.CurrentCount == 0)
            {
                _wake.Release();
            }
        }
    }

    /// <summary>What an entry failed with in this process, last.</summary>
    public Exception? FindFailure(long entry) => _failures.GetValueOrDefault(entry);

    /// <summary>Ends the work; what is not sent is sent by the next who opens the store.</summary>
    public async ValueTask DisposeAsync()
    {
        Stop();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Ends the work, and does not wait for that.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _end.Cancel();
        }
    }

    private async Task RunAsync()
    {
        // It works for all, and on when the import that woke it is long over.
        Activity.Current = null;
        try
        {
            var pause = FirstPause;
            while (MayGoOn())
            {
                TimeSpan? wait = null;
                using (var alone = FileLock.TryAcquireExclusive(directory.SendLock(member.Name)))
                {
                    if (alone is null)
                    {
                        wait = Watch;
                    }
                    else if (!await SendAllAsync(_end.Token).ConfigureAwait(false))
                    {
                        wait = pause * (0.5 + Random.Shared.NextDouble());
                        pause = TimeSpan.FromTicks(Math.Min(2 * pause.Ticks, MaxPause.Ticks));
                    }
                    else
                    {
                        pause = FirstPause;
                    }
                }

                if (wait is { } left)
                {
                    await WaitAsync(left).ConfigureAwait(false);
                }
            }
        }
        catch (Exception exception) when (_end.IsCancellationRequested || exception is OperationCanceledException or IOException or UnauthorizedAccessException or SqliteException or EdgeAIException)
        {
            // It was told to end, whatever a cluster made of that; or the store's own disk fails, or the store is gone: whoever calls it next hears of that, and begins anew.
            LogStopped(logger, member.Name, exception);
        }
    }

    // Looked at under the lock: who asks meanwhile finds either this run, which looks again, or none, and begins one.
    private bool MayGoOn()
    {
        while (true)
        {
            lock (_lock)
            {
                _isAsked = false;
            }

            if (List().Count > 0)
            {
                return !_end.IsCancellationRequested;
            }

            lock (_lock)
            {
                if (!_isAsked)
                {
                    _running = Task.CompletedTask;
                    return false;
                }
            }
        }
    }

    private async ValueTask WaitAsync(TimeSpan pause)
    {
        using var late = new CancellationTokenSource(pause, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, _end.Token);
        try
        {
            await _wake.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!_end.IsCancellationRequested)
        {
        }
    }

    private List<OutboxEntry> List() => [.. index.ListOutbox().Where(entry => entry.State.Cluster == member.Name && entry.State.Conflict is null)];

    /// <returns>Whether nothing failed.</returns>
    private async ValueTask<bool> SendAllAsync(CancellationToken cancellationToken)
    {
        Exception? failure = null;
        var isWell = true;
        foreach (var entry in List())
        {
            try
            {
                // Where the cluster has just failed the others wait with it.
                if (failure is not null)
                {
                    throw failure;
                }

                await telemetry.Send.MeasureAsync(entry.Model.Reference, () => SendAsync(entry, cancellationToken)).ConfigureAwait(false);
                _failures.TryRemove(entry.Id, out _);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested && exception is not SqliteException)
            {
                isWell = false;
                failure = exception is ContentCorruptedException ? null : exception;
                _failures[entry.Id] = exception;
                LogFailed(logger, entry.Model.Reference, member.Name, exception);
                index.SetOutboxFailed(entry, exception.Message, null);
            }
        }

        return isWell;
    }

    /// <returns>Whether it is there now; otherwise its tag has another owner.</returns>
    private async Task<bool> SendAsync(OutboxEntry entry, CancellationToken cancellationToken)
    {
        using var epoch = await epochs.EnterAsync(cancellationToken).ConfigureAwait(false);
        var publisher = publish();
        await publisher.RunAsync(entry.Model, (objects, bytes) => index.SetOutboxLeft(entry.Id, objects, bytes), cancellationToken).ConfigureAwait(false);
        if (await publisher.MoveTagAsync(entry.Model, digest => index.HasSeen(entry.Model.Reference, digest), cancellationToken).ConfigureAwait(false) is { } theirs)
        {
            var conflict = new TagConflictException(entry.Model.Reference, member.Name, entry.Model.Digest, theirs);
            LogConflict(logger, conflict.Message);
            index.SetOutboxFailed(entry, conflict.Message, theirs);
            return false;
        }

        if (!await publisher.TryKeepAsync(entry.Model, cancellationToken).ConfigureAwait(false))
        {
            await publisher.RunAsync(entry.Model, (objects, bytes) => index.SetOutboxLeft(entry.Id, objects, bytes), cancellationToken).ConfigureAwait(false);
        }

        index.RemoveOutbox(entry);
        LogSent(logger, entry.Model.Reference, member.Name);
        return true;
    }

    [LoggerMessage(4, LogLevel.Information, "Sent {Model} to the cluster {Cluster}.")]
    private static partial void LogSent(ILogger logger, Models.ModelReference model, string cluster);

    [LoggerMessage(5, LogLevel.Warning, "Sending {Model} to the cluster {Cluster} failed; it is tried again.")]
    private static partial void LogFailed(ILogger logger, Models.ModelReference model, string cluster, Exception exception);

    [LoggerMessage(6, LogLevel.Error, "A tag was not moved: {Problem}")]
    private static partial void LogConflict(ILogger logger, string problem);

    [LoggerMessage(7, LogLevel.Debug, "Sending to the cluster {Cluster} stopped.")]
    private static partial void LogStopped(ILogger logger, string cluster, Exception exception);
}
