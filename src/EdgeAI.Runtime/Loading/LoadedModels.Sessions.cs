using System.Diagnostics;
using EdgeAI.Inference;
using EdgeAI.Memory;

namespace EdgeAI.Loading;

/// <summary>Sessions coming, being run, and going.</summary>
internal sealed partial class LoadedModels
{
    /// <summary>Begins a run, and loads the model again if it was swapped out. The caller has a lease.</summary>
    /// <exception cref="ObjectDisposedException">The caller's lease, the last one, was given back meanwhile.</exception>
    public ValueTask<RunScope> EnterAsync(SharedModel model, CancellationToken cancellationToken)
    {
        model.Profile.Use(_time.GetTimestamp());
        return model.Gate is { } gate && gate.TryEnter() ? new(Begin(model, gate)) : EnterSlowlyAsync(model, cancellationToken);
    }

    /// <summary>The same, on the calling thread: only a model that was swapped out is waited for, and its load runs on other threads.</summary>
    public RunScope Enter(SharedModel model, CancellationToken cancellationToken)
    {
        var entering = EnterAsync(model, cancellationToken);
        return entering.IsCompletedSuccessfully ? entering.Result : entering.AsTask().GetAwaiter().GetResult();
    }

    /// <summary>Ends a run.</summary>
    public void Exit(SharedModel model, SessionGate gate, MemoryMeter.Step? firstRun)
    {
        if (firstRun is { } step)
        {
            NoteFirstRun(model, gate, _meter.End(step));
        }

        if (!gate.Exit() || model.Holders > 0)
        {
            return;
        }

        SessionGate? leaving;
        lock (_lock)
        {
            leaving = Settle_NeedsLock(model);
        }

        if (leaving is not null)
        {
            Unload(model, leaving);
        }
    }

    /// <summary>Gives a model's memory back, after the runs that go on. Its holders keep it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="cancellationToken">Cancels the wait for loads and runs; the session then stays.</param>
    /// <returns>Whether it was in memory.</returns>
    /// <exception cref="ModelPinnedException">It is pinned.</exception>
    public async ValueTask<bool> SwapOutAsync(SharedModel model, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task? before;
            SessionGate? gate = null;
            var empty = Task.CompletedTask;
            lock (_lock)
            {
                if (model.Pins > 0)
                {
                    throw new ModelPinnedException(model.Reference, model.Pins);
                }

                before = model.Load?.Session ?? model.Leaving?.Task;
                if (before is null)
                {
                    gate = model.Gate;
                    if (gate is null)
                    {
                        return false;
                    }

                    Leave_NeedsLock(model);
                    empty = gate.ShutAsync();
                }
            }

            if (gate is not null)
            {
                await CloseAsync(model, gate, empty, cancellationToken).ConfigureAwait(false);
                return true;
            }

            // A load that fails has its own callers to tell.
            await before!.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Models that the engine has, on whatever devices.</summary>
    public SharedModel[] FindAll(Func<SharedModel, bool> isWanted)
    {
        lock (_lock)
        {
            return [.. _models.Values.Where(isWanted)];
        }
    }

    private async ValueTask<RunScope> EnterSlowlyAsync(SharedModel model, CancellationToken cancellationToken)
    {
        // From here on the caller holds the model by itself: its lease may be disposed while it waits.
        Hold(model);
        try
        {
            while (true)
            {
                var gate = await GetSessionAsync(model, model.Request, cancellationToken).ConfigureAwait(false);
                if (gate.TryEnter())
                {
                    return Begin(model, gate);
                }
            }
        }
        finally
        {
            await ReleaseAsync(model, isPin: false).ConfigureAwait(false);
        }
    }

    private RunScope Begin(SharedModel model, SessionGate gate) =>
        new(this, model, gate, gate.TakeFirstRun() ? _meter.Begin() : null);

    // The caller holds the model.
    private async ValueTask<SessionGate> GetSessionAsync(SharedModel model, ModelRequest request, CancellationToken cancellationToken)
    {
        while (true)
        {
            SharedLoad? load = null;
            Task? before;
            lock (_lock)
            {
                if (model.Gate is { } gate)
                {
                    return gate;
                }

                ThrowIfDisposed_NeedsLock();
                before = model.Leaving?.Task ?? (model.Load is { IsAbandoned: true } abandoned ? abandoned.Session : null);
                if (before is null)
                {
                    load = model.Load ?? StartLoad_NeedsLock(model, request);
                    load.Join(request);
                }
            }

            if (load is not null)
            {
                return await WaitAsync(load, cancellationToken).ConfigureAwait(false);
            }

            await before!.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private async ValueTask<SessionGate> WaitAsync(SharedLoad load, CancellationToken cancellationToken)
    {
        try
        {
            return await load.Session.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (load.Session.IsCanceled && !cancellationToken.IsCancellationRequested)
        {
            // Nobody cancels a load that somebody waits for, but the engine's end.
            throw new ObjectDisposedException(typeof(InferenceEngine).FullName);
        }
        finally
        {
            var isLast = false;
            lock (_lock)
            {
                isLast = --load.Waiters == 0 && !load.Session.IsCompleted;
                load.IsAbandoned |= isLast;
            }

            if (isLast)
            {
                await load.CancelAsync().ConfigureAwait(false);
            }
        }
    }

    private SharedLoad StartLoad_NeedsLock(SharedModel model, ModelRequest request)
    {
        var load = new SharedLoad(this, model);
        model.Load = load;

        // The load runs off this thread, so that nothing of it happens under the lock.
        load.Session = Task.Run(() => LoadAsync(model, load, request), CancellationToken.None);

        // When all waiters have left, nobody looks at a failure.
        load.Session.ContinueWith(
            static task => _ = task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return load;
    }

    private async Task<SessionGate> LoadAsync(SharedModel model, SharedLoad load, ModelRequest request)
    {
        SessionGate? leaving;
        SessionGate gate;
        try
        {
            gate = new SessionGate(await _telemetry.MeasureLoadAsync(request.Reference, load.HeldFiles is not null, request.Device?.ToString(), () => request.Load(load)).ConfigureAwait(false));
            if (gate.Session.Session is IGrowingSession growing)
            {
                growing.Grown = bytes => NoteGrowth(model, gate, bytes);
            }

            lock (_lock)
            {
                Charge_NeedsLock(model, gate.Session.Memory, gate.Session.IsMeasured);
                model.Load = null;
                model.Gate = gate;
                if (++_sessions == 1)
                {
                    _pressure.Watch(true);
                }

                leaving = Settle_NeedsLock(model);
            }
        }
        catch
        {
            lock (_lock)
            {
                Charge_NeedsLock(model, default, isMeasured: false);
                model.Load = null;
                Settle_NeedsLock(model);
            }

            throw;
        }

        if (leaving is not null)
        {
            Unload(model, leaving);
        }
        else
        {
            load.Report(ModelLoadStage.Loaded, gate.Session.Memory);
        }

        return gate;
    }

    // What happens to a model when something about it has changed: forgotten, left alone, idle from now on, or to be unloaded by the caller.
    private SessionGate? Settle_NeedsLock(SharedModel model)
    {
        SessionGate? leaving = null;
        if (model is { Holders: 0, Load: null, Leaving: null })
        {
            if (model.Gate is not { } gate)
            {
                _models.Remove(model.Request.Key);
                model.Files?.Dispose();
                model.Files = null;
            }
            else if (gate.IsIdle && (_isDisposed || model.KeepAlive == TimeSpan.Zero) && gate.TryShutIdle())
            {
                Leave_NeedsLock(model);
                leaving = gate;
            }
            else if (gate.IsIdle && model.IdleTimer is null && model.KeepAlive != Timeout.InfiniteTimeSpan)
            {
                model.IdleTimer = _time.CreateTimer(_ => OnIdle(model), null, model.KeepAlive, Timeout.InfiniteTimeSpan);
            }
        }

        Admit_NeedsLock();
        return leaving;
    }

    private void OnIdle(SharedModel model)
    {
        // The timer has what its last holder did, which is over.
        Activity.Current = null;
        SessionGate? gate;
        lock (_lock)
        {
            // Somebody may have taken it up between the timer's end and here.
            if (model.IdleTimer is null || !TryLeaveIdle_NeedsLock(model, out gate))
            {
                return;
            }
        }

        Unload(model, gate);
    }

    private bool TryLeaveIdle_NeedsLock(SharedModel model, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out SessionGate? gate)
    {
        gate = model.Gate;
        if (model is not { Holders: 0, Load: null, Leaving: null } || gate is null || !gate.TryShutIdle())
        {
            return false;
        }

        Leave_NeedsLock(model);
        return true;
    }

    private void Leave_NeedsLock(SharedModel model)
    {
        model.IdleTimer?.Dispose();
        model.IdleTimer = null;
        model.Gate = null;
        model.Leaving = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _budget.Leaving += model.Charge;
    }

    private async ValueTask CloseAsync(SharedModel model, SessionGate gate, Task empty, CancellationToken cancellationToken)
    {
        try
        {
            await empty.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            SessionGate? leaving;
            lock (_lock)
            {
                _budget.Leaving -= model.Charge;
                model.Gate = gate;
                gate.Open();
                model.Leaving!.SetResult();
                model.Leaving = null;
                leaving = Settle_NeedsLock(model);
            }

            if (leaving is not null)
            {
                Unload(model, leaving);
            }

            throw;
        }

        await Task.Run(() => Unload(model, gate), CancellationToken.None).ConfigureAwait(false);
    }

    // The gate is shut and empty.
    private void Unload(SharedModel model, SessionGate gate)
    {
        var memory = model.Charge;
        var session = gate.Session;
        try
        {
            using var measured = _telemetry.BeginUnload(model.Reference);
            var step = _meter.Begin();
            try
            {
                session.Dispose();
            }
            finally
            {
                NoteUnload(model, gate, _meter.End(step));
            }

            session.Keep();
            LogUnloaded(_logger, model.Reference, memory);
        }
#pragma warning disable CA1031 // Whatever a provider throws here, its bytes must not stay reserved for ever; the error is logged.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogNotClosed(_logger, exception, model.Reference);
        }

        _trimmer.NoteFreed(memory.Private);
        lock (_lock)
        {
            _budget.Leaving -= memory;
            Charge_NeedsLock(model, default, isMeasured: false);
            if (--_sessions == 0)
            {
                _pressure.Watch(false);
            }

            // The model is forgotten below when nobody holds it, and its files with it.
            if (session.OwnsFiles)
            {
                model.Files?.Dispose();
                model.Files = session.Files;
            }

            model.Leaving!.SetResult();
            model.Leaving = null;
            Settle_NeedsLock(model);
        }
    }
}
