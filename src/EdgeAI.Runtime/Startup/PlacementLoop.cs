using EdgeAI.Configuration;
using EdgeAI.Storage;
using Microsoft.Extensions.Logging;

namespace EdgeAI.Startup;

/// <summary>Lays the working set out at an app's start where that is asked for, and looks now and then whether models are on the tiers where they should be. Not thread-safe.</summary>
internal sealed partial class PlacementLoop(IModelStore store, StorageOptions storage, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private CancellationTokenSource? _end;
    private Task _running = Task.CompletedTask;

    // With one directory for all, of any size, models are where they should be.
    private bool HasPlacement => storage.Tiers is { Cold.Directory: not null } or { Hot.Capacity: not null } or { Lifecycle.Count: > 0 };

    /// <summary>Begins, where there is anything to move.</summary>
    public void Start()
    {
        if ((HasPlacement || storage.PrewarmWorkingSet) && _end is null)
        {
            _end = new CancellationTokenSource();
            _running = Task.Run(() => RunAsync(_end.Token));
        }
    }

    /// <summary>Ends; what is being moved is left as it was.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _end, null) is { } end)
        {
            await end.CancelAsync().ConfigureAwait(false);
            await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            end.Dispose();
        }
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        if (storage.PrewarmWorkingSet)
        {
            await TryAsync(() => store.PrewarmAsync(null, cancellationToken).AsTask()).ConfigureAwait(false);
        }

        using var timer = new PeriodicTimer(storage.Tiers.PlacementInterval, time);
        while (HasPlacement && await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
        {
            await TryAsync(() => store.PlaceAsync(cancellationToken).AsTask()).ConfigureAwait(false);
        }
    }

    private async Task TryAsync(Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is EdgeAIException or IOException or UnauthorizedAccessException)
        {
            // A disk that is full or away: the next round may find it better.
            LogFailed(logger, exception);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Models could not be moved between tiers; it is tried again later.")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
