using EdgeAI.Inference;
using EdgeAI.Loading;
using EdgeAI.Models;
using EdgeAI.Providers;

namespace EdgeAI.Scheduling;

/// <summary>Loads and runs models on the devices that the scheduler chooses, and on the next ones when those fail. Thread-safe.</summary>
internal sealed class ModelRunner(DeviceScheduler scheduler, LoadedModels models, TimeProvider time)
{
    private static readonly ModelRunOptions Defaults = new();

    public bool IsDirect => scheduler.IsDirect;

    /// <summary>Loads a model on the first device that takes it.</summary>
    /// <exception cref="ModelLoadException">None does.</exception>
    public async ValueTask<(DeviceLane Lane, SharedModel Model, LoadedSession Session)> LoadAsync(
        ModelReference reference, Digest digest, LeasedModel leased, string? device, CancellationToken cancellationToken)
    {
        var candidates = scheduler.Candidates(digest, null, device);
        var failures = new List<ModelLoadException>();
        for (var i = 0; i < candidates.Count; i++)
        {
            try
            {
                var (model, session) = await leased.LoadAsync(candidates[i], cancellationToken).ConfigureAwait(false);
                return (candidates[i], model, session);
            }
            catch (ModelLoadException exception)
            {
                failures.Add(exception);
                if (!MoveOn(reference, digest, candidates[i], i + 1 < candidates.Count ? candidates[i + 1] : null, exception))
                {
                    break;
                }
            }
        }

        throw Failed(reference, failures);
    }

    /// <summary>Runs a model.</summary>
    /// <returns>Null when it was to be tried only, and the queue is full.</returns>
    public async ValueTask<ModelOutputs?> RunAsync(
        ModelReference reference, Digest digest, LeasedModel leased, RunCall call, CancellationToken cancellationToken)
    {
        var options = call.Options ?? Defaults;
        if (options.Deadline is not { } deadline)
        {
            return await RunOnDevicesAsync(reference, digest, leased, call, options, cancellationToken).ConfigureAwait(false);
        }

        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(deadline, TimeSpan.Zero, nameof(call));
        using var late = new CancellationTokenSource(deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            return await RunOnDevicesAsync(reference, digest, leased, call, options, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new RunDeadlineException(reference.ToString(), deadline);
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw;
        }
    }

    private async ValueTask<ModelOutputs?> RunOnDevicesAsync(
        ModelReference reference, Digest digest, LeasedModel leased, RunCall call, ModelRunOptions options, CancellationToken cancellationToken)
    {
        var candidates = scheduler.Candidates(digest, options.PowerPolicy, options.Device ?? call.Device);
        var bucket = DeviceLane.BucketOf(call.Inputs);
        var failures = new List<(DeviceLane Lane, Exception Error)>();
        while (true)
        {
            var lane = Choose();
            var coming = lane.NoteComing(digest, bucket);
            try
            {
                var outputs = await RunOnAsync(lane, bucket, reference, digest, leased, call, options.Priority, cancellationToken).ConfigureAwait(false);

                // Where another device did it, the model and its inputs were not to blame.
                foreach (var (failed, error) in failures.Where(failure => outputs is not null && failure.Error is not ModelLoadException))
                {
                    failed.NoteFailure(digest, error);
                }

                return outputs;
            }
            catch (Exception exception) when (IsDeviceFailure(exception, cancellationToken))
            {
                failures.Add((lane, exception));
                candidates.Remove(lane);
                var next = candidates.Count > 0 ? Choose() : null;
                var moves = exception is ModelLoadException ? MoveOn(reference, digest, lane, next, exception) : scheduler.TryMoveOn(reference, lane, next, exception);
                if (!moves)
                {
                    throw Failed(reference, failures);
                }
            }
            finally
            {
                lane.NoteGone(coming);
            }
        }

        DeviceLane Choose() => (options.PowerPolicy ?? scheduler.DefaultPolicy) == PowerPolicy.Efficient
            ? candidates[0]
            : DeviceScheduler.Choose(candidates, digest, bucket, LoadMilliseconds);

        double LoadMilliseconds(DeviceLane lane) =>
            leased.Find(lane) is { Gate: not null } ? 0 : Math.Max(1, models.ProfileOf(digest, lane.Device).LoadMilliseconds);
    }

    private async ValueTask<ModelOutputs?> RunOnAsync(
        DeviceLane lane, int bucket, ModelReference reference, Digest digest, LeasedModel leased, RunCall call, RunPriority priority, CancellationToken cancellationToken)
    {
        var model = await leased.HoldAsync(lane, cancellationToken).ConfigureAwait(false);
        if (!await lane.Queue.EnterAsync(digest, priority, call.IsTry, cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        var ran = TimeSpan.Zero;
        try
        {
            using var run = await models.EnterAsync(model, cancellationToken).ConfigureAwait(false);
            var session = run.Session;
            var started = time.GetTimestamp();
            var outputs = call.IsBlocking
                ? Run(session, reference, lane, call, cancellationToken)
                : await Task.Run(() => Run(session, reference, lane, call, cancellationToken), cancellationToken).ConfigureAwait(false);
            ran = time.GetElapsedTime(started);
            lane.NoteSuccess(digest, bucket, ran);
            return outputs;
        }
        finally
        {
            lane.Queue.Exit(digest, ran);
        }
    }

    private ModelOutputs Run(IModelSession session, ModelReference reference, DeviceLane lane, RunCall call, CancellationToken cancellationToken)
    {
        if (scheduler.RunTimeout is not { } timeout)
        {
            return session.Run(call.Inputs, cancellationToken);
        }

        using var hung = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(hung.Token, cancellationToken);
        try
        {
            return session.Run(call.Inputs, either.Token);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new InferenceException(reference.ToString(), lane.Device.ToString(), $"It ran for {timeout} (Inference:RunTimeout), and was stopped.", exception);
        }
    }

    // What a provider throws that is neither the caller's doing nor the engine's.
    private static bool IsDeviceFailure(Exception exception, CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested
        && (exception is ModelLoadException or InferenceException || exception is not (EdgeAIException or ObjectDisposedException or OperationCanceledException));

    private bool MoveOn(ModelReference reference, Digest digest, DeviceLane failed, DeviceLane? next, Exception error)
    {
        failed.NoteFailure(digest, error);
        return scheduler.TryMoveOn(reference, failed, next, error);
    }

    // The first failure is told: it is of the device that was chosen.
    private static EdgeAIException Failed(ModelReference reference, List<(DeviceLane Lane, Exception Error)> failures)
    {
        if (failures.TrueForAll(failure => failure.Error is ModelLoadException))
        {
            return Failed(reference, [.. failures.Select(failure => (ModelLoadException)failure.Error)]);
        }

        var (lane, error) = failures.Find(failure => failure.Error is not ModelLoadException);
        var reason = error is InferenceException { InnerException: { } inner } ? inner.Message : error.Message;
        return new InferenceException(reference.ToString(), lane.Device.ToString(), reason, failures.Count == 1 ? error : new AggregateException(failures.Select(failure => failure.Error)));
    }

    private static ModelLoadException Failed(ModelReference reference, List<ModelLoadException> failures) => failures switch
    {
        [] => new ModelLoadException(reference.ToString(), "any device", "No execution provider offers a device."),
        [var only] => new ModelLoadException(reference.ToString(), only.Device, Reason(only), only),
        _ => new ModelLoadException(
            reference.ToString(),
            string.Join(", ", failures.Select(failure => failure.Device)),
            string.Join(" ", failures.Select(failure => $"{failure.Device}: {Reason(failure)}")),
            new AggregateException(failures)),
    };

    private static string Reason(ModelLoadException failure) => (failure.InnerException ?? failure).Message;
}
