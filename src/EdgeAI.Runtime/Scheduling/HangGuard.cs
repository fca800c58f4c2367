using EdgeAI.Inference;
using Microsoft.Extensions.Logging;

namespace EdgeAI.Scheduling;

/// <summary>
/// Runs models where a run may hang: each on a thread of its own, so that those of the pool are not lost to it, and told to stop when its time is over. A run that does not heed that is left to itself: its caller
/// gets an exception, and what it uses is given back when it ends at last. Thread-safe.
/// </summary>
internal sealed partial class HangGuard(TimeSpan timeout, TimeProvider time, ILogger logger)
{
    /// <summary>How long a run may take to heed that it was told to stop.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>Runs a model, and ends its turn.</summary>
    /// <exception cref="InferenceException">It did not end in time.</exception>
    public async Task<ModelOutputs> RunAsync(DeviceTurn turn, RunCall call, CancellationToken cancellationToken)
    {
        // Disposed when the run is over, which may be long after the caller has gone.
        var late = new CancellationTokenSource(timeout, time);
        var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        var running = Start(turn, call, either.Token);
        await ((Task)running).WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!running.IsCompleted)
        {
            await ((Task)running).WaitAsync(Grace, time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (!running.IsCompleted && turn.TryLeave())
        {
            LogHangs(logger, call.Reference.ToString(), turn.Lane.Device.ToString(), timeout);
            call.NoteLeft();
            _ = CleanUpAsync(running, call, turn, late, either);
            cancellationToken.ThrowIfCancellationRequested();
            throw Failed(call, turn, $"It ran for {timeout} (Inference:RunTimeout), was told to stop, and did not within {Grace}. It is left to itself, and the device is left alone until it ends.");
        }

        try
        {
            return await running.ConfigureAwait(false);
        }
        catch (OperationCanceledException exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw Failed(call, turn, $"It ran for {timeout} (Inference:RunTimeout), and was stopped.", exception);
        }
        finally
        {
            either.Dispose();
            late.Dispose();
        }
    }

    private Task<ModelOutputs> Start(DeviceTurn turn, RunCall call, CancellationToken cancellationToken) =>
        call.TryRunAsync(turn, time, cancellationToken) is { } waited ? EndAsync(turn, waited) : Task.Factory.StartNew(
            () =>
            {
                try
                {
                    return call.Run(turn, cancellationToken);
                }
                finally
                {
                    turn.End();
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

    private static async Task<ModelOutputs> EndAsync(DeviceTurn turn, Task<ModelOutputs> running)
    {
        try
        {
            return await running.ConfigureAwait(false);
        }
        finally
        {
            turn.End();
        }
    }

    private async Task CleanUpAsync(Task<ModelOutputs> running, RunCall call, DeviceTurn turn, CancellationTokenSource late, CancellationTokenSource either)
    {
        await ((Task)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        either.Dispose();
        late.Dispose();
        call.NoteLate(running.IsCompletedSuccessfully ? running.Result : null);
        LogEnded(logger, call.Reference.ToString(), turn.Lane.Device.ToString(), turn.Duration);
    }

    private static InferenceException Failed(RunCall call, DeviceTurn turn, string reason, Exception? inner = null) =>
        new(call.Reference.ToString(), turn.Lane.Device.ToString(), reason, inner is null ? null : new TimeoutException(reason, inner));

    [LoggerMessage(7, LogLevel.Error, "A run of {Model} on {Device} hangs: it did not heed that it was told to stop after {Timeout}. Its thread and its memory are left to it.")]
    private static partial void LogHangs(ILogger logger, string model, string device, TimeSpan timeout);

    [LoggerMessage(8, LogLevel.Warning, "A run of {Model} on {Device} that hung has ended after {Duration}.")]
    private static partial void LogEnded(ILogger logger, string model, string device, TimeSpan duration);
}
