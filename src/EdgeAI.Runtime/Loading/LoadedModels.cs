using EdgeAI.Inference;
using EdgeAI.Models;

namespace EdgeAI.Loading;

/// <summary>The models that are loaded or being loaded. Thread-safe; see readme.md beside this file for the states.</summary>
internal sealed class LoadedModels(TimeSpan keepAlive, TimeProvider time) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Digest, SharedModel> _models = [];
    private bool _isDisposed;

    /// <summary>Takes a model up, and loads it if nobody has.</summary>
    /// <param name="digest">Which model.</param>
    /// <param name="load">Loads it; called at most once for all who ask meanwhile.</param>
    /// <param name="cancellationToken">Cancels this caller's wait.</param>
    /// <returns>The model, held once more; give it back by <see cref="ReleaseAsync"/>.</returns>
    public async ValueTask<SharedModel> AcquireAsync(
        Digest digest,
        Func<CancellationToken, Task<LoadedSession>> load,
        CancellationToken cancellationToken)
    {
        var model = Hold(digest, load);
        try
        {
            await model.Session.WaitAsync(cancellationToken).ConfigureAwait(false);
            return model;
        }
        catch
        {
            await ReleaseAsync(model).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Holds a model that the caller holds already once more.</summary>
    /// <exception cref="ObjectDisposedException">The caller's own hold, the last one, was given back meanwhile.</exception>
    public void Hold(SharedModel model)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(model.Holders == 0, typeof(IModelLease));
            model.Holders++;
        }
    }

    /// <summary>Gives a model back.</summary>
    public ValueTask ReleaseAsync(SharedModel model)
    {
        lock (_lock)
        {
            if (--model.Holders > 0)
            {
                return ValueTask.CompletedTask;
            }

            if (!model.IsGone && model.Session.IsCompletedSuccessfully && keepAlive != TimeSpan.Zero && !_isDisposed)
            {
                StartIdle_NeedsLock(model);
                return ValueTask.CompletedTask;
            }

            Forget_NeedsLock(model);
        }

        return UnloadAsync(model);
    }

    public async ValueTask DisposeAsync()
    {
        SharedModel[] idle;
        lock (_lock)
        {
            _isDisposed = true;
            idle = [.. _models.Values.Where(model => model.Holders == 0)];
            foreach (var model in idle)
            {
                Forget_NeedsLock(model);
            }
        }

        foreach (var model in idle)
        {
            await UnloadAsync(model).ConfigureAwait(false);
        }
    }

    private SharedModel Hold(Digest digest, Func<CancellationToken, Task<LoadedSession>> load)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, typeof(InferenceEngine));
            if (!_models.TryGetValue(digest, out var model) || model.Session is { IsCompleted: true, IsCompletedSuccessfully: false })
            {
                // A load that failed is not joined, though callers that waited for it may still be leaving.
                if (model is not null)
                {
                    Forget_NeedsLock(model);
                }

                model = new SharedModel(digest);
                _models.Add(digest, model);

                // The load runs off this thread, so that nothing of it happens under the lock.
                model.Session = Task.Run(() => load(model.Loading.Token), CancellationToken.None);
            }

            model.Holders++;
            model.IdleTimer?.Dispose();
            model.IdleTimer = null;
            return model;
        }
    }

    private void StartIdle_NeedsLock(SharedModel model)
    {
        if (keepAlive != Timeout.InfiniteTimeSpan)
        {
            model.IdleTimer = time.CreateTimer(_ => OnIdle(model), null, keepAlive, Timeout.InfiniteTimeSpan);
        }
    }

    private void OnIdle(SharedModel model)
    {
        lock (_lock)
        {
            // Somebody may have taken it up between the timer's end and here.
            if (model.Holders > 0 || model.IsGone || model.IdleTimer is null)
            {
                return;
            }

            Forget_NeedsLock(model);
        }

        // The load is over, so this completes at once.
        UnloadAsync(model).AsTask().GetAwaiter().GetResult();
    }

    private void Forget_NeedsLock(SharedModel model)
    {
        model.IsGone = true;
        _models.Remove(model.Digest);
    }

    private static async ValueTask UnloadAsync(SharedModel model)
    {
        await model.Loading.CancelAsync().ConfigureAwait(false);
        await ((Task)model.Session).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (model.Session.IsCompletedSuccessfully)
        {
            (await model.Session.ConfigureAwait(false)).Dispose();
        }

        model.Dispose();
    }
}
