using EdgeAI.Inference;
using EdgeAI.Loading;
using EdgeAI.Memory;
using EdgeAI.Models;
using EdgeAI.Providers;
using EdgeAI.Running;
using EdgeAI.Telemetry;
using Microsoft.Extensions.Logging;

namespace EdgeAI.Scheduling;

/// <summary>Loads and runs models on the devices that the scheduler chooses, and on the next ones when those fail. Thread-safe.</summary>
internal sealed class ModelRunner(DeviceScheduler scheduler, LoadedModels models, LoadShedding shedding, RuntimeTelemetry telemetry, TimeProvider time, ILogger logger)
{
    private readonly HangGuard? _guard = scheduler.RunTimeout is { } timeout ? new(timeout, time, logger) : null;

    public bool IsDirect => scheduler.IsDirect;

    public RuntimeTelemetry Telemetry => telemetry;

    /// <summary>Whether runs are guarded, so that each has a thread of its own.</summary>
    public bool HasTimeout => _guard is not null;

    /// <summary>Loads a model on the first device that takes it.</summary>
    /// <exception cref="ModelLoadException">None does.</exception>
    public async ValueTask<(DeviceLane Lane, SharedModel Model, LoadedSession Session)> LoadAsync(
        ModelReference reference, LeasedModel leased, string? device, CancellationToken cancellationToken)
    {
        var candidates = scheduler.Candidates(leased, null, scheduler.Remote.Find(null, leased.RemotePolicy), device);
        var failures = new List<(DeviceLane Lane, Exception Error)>();
        for (var i = 0; i < candidates.Count; i++)
        {
            try
            {
                var (model, session) = await leased.LoadAsync(candidates[i], cancellationToken).ConfigureAwait(false);
                return (candidates[i], model, session);
            }
            catch (Exception exception) when (IsLoadFailure(exception, candidates, i, cancellationToken))
            {
                failures.Add((candidates[i], exception));
                if (!MoveOn(reference, leased.Digest, candidates[i], i + 1 < candidates.Count ? candidates[i + 1] : null, exception))
                {
                    break;
                }
            }
        }

        throw Failed(reference, leased, failures);
    }

    /// <summary>Runs a model.</summary>
    /// <returns>Null when it was to be tried only, and the queue is full.</returns>
    /// <exception cref="LoadShedException">It is of low priority, and load is shed.</exception>
    public async ValueTask<ModelOutputs?> RunAsync(RunCall call, CancellationToken cancellationToken)
    {
        if (!Admit(call.Reference, call.Options.Priority, call.IsTry))
        {
            return null;
        }

        // A binding measures itself.
        var measured = call is BoundCall ? default : telemetry.BeginRun(call.Reference);
        try
        {
            var outputs = await RunInTimeAsync(call, cancellationToken).ConfigureAwait(false);
            telemetry.EndRun(measured);
            return outputs;
        }
        catch (Exception exception)
        {
            telemetry.FailRun(measured, exception);
            throw;
        }
    }

    /// <inheritdoc cref="LoadShedding.Admit"/>
    public bool Admit(ModelReference model, RunPriority priority, bool isTry) => shedding.Admit(model, priority, isTry);

    private async ValueTask<ModelOutputs?> RunInTimeAsync(RunCall call, CancellationToken cancellationToken)
    {
        if (call.Options.Deadline is not { } deadline)
        {
            return await RunOnDevicesAsync(call, cancellationToken).ConfigureAwait(false);
        }

        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(deadline, TimeSpan.Zero, nameof(call));
        using var late = new CancellationTokenSource(deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            return await RunOnDevicesAsync(call with { Asked = time.GetTimestamp() }, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new RunDeadlineException(call.Reference.ToString(), deadline);
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw;
        }
    }

    private async ValueTask<ModelOutputs?> RunOnDevicesAsync(RunCall call, CancellationToken cancellationToken)
    {
        var remote = scheduler.Remote.Find(call.Options.RemotePolicy, call.Model.RemotePolicy);
        var candidates = scheduler.Candidates(call.Model, call.Options.PowerPolicy, remote, call.Options.Device ?? call.Device);
        var bucket = DeviceLane.BucketOf(call.Inputs);
        var failures = new List<(DeviceLane Lane, Exception Error)>();
        if (call.Failure is { } failure)
        {
            MoveOnFrom(call.Lane!, failure);
        }

        while (true)
        {
            var lane = Choose();
            var coming = lane.NoteComing(call.Digest, bucket);
            try
            {
                // What two devices say, or the last one, is the model's own.
                var isDoubted = call.IsChecked && scheduler.MayMoveOn && candidates.Count > 1 && !failures.Exists(failure => failure.Error is WrongResultException);
                var outputs = await RunOnAsync(lane, bucket, call, isDoubted, cancellationToken).ConfigureAwait(false);
                if (outputs is not null && failures.Count > 0)
                {
                    Blame(call, outputs, failures);
                }

                return outputs;
            }
            catch (Exception exception) when (IsDeviceFailure(exception, cancellationToken) || IsLackOfRoom(exception, lane, candidates))
            {
                MoveOnFrom(lane, exception);
            }
            finally
            {
                lane.NoteGone(coming);
            }
        }

        void MoveOnFrom(DeviceLane lane, Exception error)
        {
            failures.Add((lane, error));
            candidates.Remove(lane);
            var next = candidates.Count > 0 && call.CanMoveOn ? Choose() : null;
            var moves = error is ModelLoadException or MemoryBudgetExceededException ? MoveOn(call.Reference, call.Digest, lane, next, error) : scheduler.TryMoveOn(call.Reference, lane, next, error);
            if (!moves)
            {
                throw Failed(call.Reference, call.Model, failures);
            }
        }

        DeviceLane Choose()
        {
            if (call.Lane is { } lane && candidates.Contains(lane))
            {
                return lane;
            }

            var preferred = RemoteChoice.Prefer(candidates, remote);
            return (call.Options.PowerPolicy ?? scheduler.DefaultPolicy) == PowerPolicy.Efficient
                ? preferred[0]
                : DeviceScheduler.Choose(preferred, call.Digest, bucket, LoadMilliseconds);
        }

        double LoadMilliseconds(DeviceLane lane) =>
            call.Model.Find(lane) is { Gate: not null } ? 0 : Math.Max(1, models.ProfileOf(new SessionKey(call.Digest, lane.Device, call.Model.Isolation)).LoadMilliseconds);
    }

    private async ValueTask<ModelOutputs?> RunOnAsync(DeviceLane lane, int bucket, RunCall call, bool isDoubted, CancellationToken cancellationToken)
    {
        var model = await call.Model.HoldAsync(lane, cancellationToken).ConfigureAwait(false);
        if (!await telemetry.WaitForTurnAsync(lane, lane.Queue.EnterAsync(call.Digest, call.Options.Priority, call.IsTry, cancellationToken)).ConfigureAwait(false))
        {
            return null;
        }

        var turn = new DeviceTurn(lane, call.Digest, time);
        try
        {
            turn.Begin(await models.EnterAsync(model, cancellationToken).ConfigureAwait(false));
        }
        catch
        {
            turn.End();
            throw;
        }

        var outputs = await (_guard?.RunAsync(turn, call, cancellationToken) ?? RunToTheEndAsync(turn, call, cancellationToken)).ConfigureAwait(false);
        Accept(lane, call, isDoubted, outputs);
        lane.NoteSuccess(call.Digest, bucket, turn.Duration);
        telemetry.NoteOnDevice(lane, turn.Duration);
        return outputs;
    }

    private async Task<ModelOutputs> RunToTheEndAsync(DeviceTurn turn, RunCall call, CancellationToken cancellationToken)
    {
        try
        {
            return call.TryRunAsync(turn, time, cancellationToken) is { } waited
                ? await waited.ConfigureAwait(false)
                : call.IsBlocking
                ? call.Run(turn, cancellationToken)
                : await Task.Run(() => call.Run(turn, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            turn.End();
        }
    }

    private static void Accept(DeviceLane lane, RunCall call, bool isDoubted, ModelOutputs outputs)
    {
        if (isDoubted && NotANumber.FindNew(call.Inputs, outputs) is { } name)
        {
            call.Discard(outputs);
            throw new WrongResultException(call.Reference.ToString(), lane.Device.ToString(), name, "it has NaN, and no input has");
        }
    }

    // Where another device did it, the model and its inputs were not to blame; where its result is as strange, the model is.
    private static void Blame(RunCall call, ModelOutputs outputs, List<(DeviceLane Lane, Exception Error)> failures)
    {
        var isOwn = failures.Exists(failure => failure.Error is WrongResultException)
            && (ResultCheck.Find(call.Signature, outputs, isShapeChecked: true) is not null || (call.IsChecked && NotANumber.FindNew(call.Inputs, outputs) is not null));
        foreach (var (lane, error) in failures)
        {
            if (error is not (ModelLoadException or MemoryBudgetExceededException or RemoteUnavailableException) && !(isOwn && error is WrongResultException))
            {
                lane.NoteFailure(call.Digest, error);
            }
        }
    }

    // What a provider throws that is neither the caller's doing nor the engine's.
    public static bool IsDeviceFailure(Exception exception, CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested
        && (exception is ModelLoadException or InferenceException or ModelWorkerException or WrongResultException or RemoteUnavailableException || exception is not (EdgeAIException or ObjectDisposedException or OperationCanceledException));

    // A model that has no room here may have some elsewhere; without a remote device it is the caller's to know.
    private static bool IsLackOfRoom(Exception exception, DeviceLane lane, List<DeviceLane> candidates) =>
        exception is MemoryBudgetExceededException && !lane.IsRemote && candidates.Exists(candidate => candidate.IsRemote);

    private static bool IsLoadFailure(Exception exception, List<DeviceLane> candidates, int index, CancellationToken cancellationToken) =>
        (exception is ModelLoadException or RemoteUnavailableException && !cancellationToken.IsCancellationRequested) || IsLackOfRoom(exception, candidates[index], candidates[index..]);

    private bool MoveOn(ModelReference reference, Digest digest, DeviceLane failed, DeviceLane? next, Exception error)
    {
        // A remote device says itself when it can't be reached, and one that lacks three models may have all others.
        if (error is not RemoteUnavailableException)
        {
            if (failed.IsRemote || error is MemoryBudgetExceededException)
            {
                failed.NoteFailureAt(digest, error);
            }
            else
            {
                failed.NoteFailure(digest, error);
            }
        }

        return scheduler.TryMoveOn(reference, failed, next, error);
    }

    // The first failure is told: it is of the device that was chosen.
    private static EdgeAIException Failed(ModelReference reference, LeasedModel leased, List<(DeviceLane Lane, Exception Error)> failures)
    {
        if (leased.IsRemoteOnly && failures.Count > 0 && failures.TrueForAll(failure => failure.Error.InnerException is ModelNotFoundException))
        {
            return (ModelNotFoundException)failures[0].Error.InnerException!;
        }

        if (failures.TrueForAll(failure => failure.Error is ModelLoadException))
        {
            return Failed(reference, [.. failures.Select(failure => (ModelLoadException)failure.Error)]);
        }

        // That one could not be reached is told when it is all that there is to tell.
        var told = failures.FindIndex(failure => failure.Error is not (ModelLoadException or RemoteUnavailableException));
        var (lane, error) = failures[told < 0 ? failures.FindIndex(failure => failure.Error is RemoteUnavailableException) : told];
        if (error is MemoryBudgetExceededException or RemoteUnavailableException || (error is ModelWorkerException && failures.Count == 1))
        {
            return (EdgeAIException)error;
        }

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
