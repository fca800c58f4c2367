using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Memory;

namespace EdgeAI.Loading;

/// <summary>Bytes: reserved before a load, corrected by what is measured, made free by unloading.</summary>
internal sealed partial class LoadedModels
{
    private readonly List<MemoryRequest> _requests = [];
    private long _requestNumber;

    /// <summary>How many loads wait for room.</summary>
    public int WaitingLoads
    {
        get
        {
            lock (_lock)
            {
                return _requests.Count;
            }
        }
    }

    /// <summary>Waits for room for a load, and takes it.</summary>
    /// <exception cref="MemoryBudgetExceededException">There is none, or there was none in time.</exception>
    public async ValueTask ReserveAsync(SharedModel model, SharedLoad load, MemoryUse use)
    {
        MemoryRequest request;
        Task granted;
        lock (_lock)
        {
            ThrowIfDisposed_NeedsLock();
            Charge_NeedsLock(model, default, isMeasured: false);
            if (_budget.IsTooLarge(use))
            {
                throw new MemoryBudgetExceededException(model.Reference, use, Report_NeedsLock());
            }

            request = new MemoryRequest(model, load, use, _requestNumber++);
            _requests.Add(request);
            Admit_NeedsLock();
            if (request.Granted.Task.IsCompleted)
            {
                return;
            }

            if (_options.Admission == MemoryAdmission.Fail)
            {
                _requests.Remove(request);
                throw new MemoryBudgetExceededException(model.Reference, use, Report_NeedsLock());
            }

            // Its time begins here, where others see it wait.
            granted = request.Granted.Task.WaitAsync(_options.AdmissionTimeout, _time, load.Token);
        }

        load.Report(ModelLoadStage.Waiting, use);
        await WaitAsync(request, granted).ConfigureAwait(false);
    }

    private async ValueTask WaitAsync(MemoryRequest request, Task granted)
    {
        try
        {
            await granted.ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            lock (_lock)
            {
                // Granted at the last moment: a load that goes on has its bytes; one that was cancelled gives them back when it ends.
                if (_requests.Remove(request))
                {
                    Admit_NeedsLock();
                    if (exception is TimeoutException)
                    {
                        throw new MemoryBudgetExceededException(request.Model.Reference, request.Use, Report_NeedsLock());
                    }
                }
            }

            request.Load.Token.ThrowIfCancellationRequested();
        }
    }

    // Grants strictly in order, so that a large model is not passed over for ever by small ones that fit.
    private void Admit_NeedsLock()
    {
        while (_requests.Count > 0)
        {
            var first = _requests.OrderByDescending(request => request.Load.Priority).ThenBy(request => request.Number).First();
            Evict_NeedsLock(first.Use);
            if (!_budget.Fits(first.Use))
            {
                return;
            }

            _requests.Remove(first);
            Charge_NeedsLock(first.Model, first.Use, isMeasured: false);
            first.Granted.SetResult();
        }

        AdmitWork_NeedsLock();
    }

    private void Evict_NeedsLock(MemoryUse use)
    {
        var shortage = _budget.Shortage(use);
        if (_options.Admission == MemoryAdmission.Evict && shortage != default)
        {
            foreach (var model in EvictionPlan.Choose(Idle_NeedsLock(), shortage))
            {
                UnloadSoon_NeedsLock(model);
            }
        }
    }

    private void RefuseRequests_NeedsLock()
    {
        foreach (var request in _requests)
        {
            request.Granted.SetException(new ObjectDisposedException(typeof(InferenceEngine).FullName));
        }

        _requests.Clear();
    }

    // Unloads idle models when memory runs short outside of the budget.
    private void Free(long bytes)
    {
        lock (_lock)
        {
            var wanted = bytes - _budget.Leaving.Total;
            var count = 0;
            foreach (var (model, frees, _) in Idle_NeedsLock().OrderBy(idle => idle.Loss / Math.Max(1, idle.Frees.Total)))
            {
                if (wanted <= 0)
                {
                    break;
                }

                UnloadSoon_NeedsLock(model);
                wanted -= frees.Total;
                count++;
            }

            if (count > 0)
            {
                LogPressure(_logger, count, bytes);
            }
        }
    }

    private (SharedModel Model, MemoryUse Frees, double Loss)[] Idle_NeedsLock() =>
    [
        .. _models.Values
            .Where(model => model is { Holders: 0, Load: null, Leaving: null, Gate.IsIdle: true })
            .Select(model => (model, model.Charge, model.Profile.ReadLoss(_time))),
    ];

    private void UnloadSoon_NeedsLock(SharedModel model)
    {
        if (TryLeaveIdle_NeedsLock(model, out var gate))
        {
            _ = Task.Run(() => Unload(model, gate));
        }
    }

    private void Charge_NeedsLock(SharedModel model, MemoryUse use, bool isMeasured)
    {
        _budget.Release(model.Charge);
        _budget.Reserve(use);
        model.Charge = use;
        model.IsMeasured = isMeasured;
    }

    // Activations are made in the first run, and stay.
    private void NoteFirstRun(SharedModel model, SessionGate gate, long? bytes)
    {
        var session = gate.Session;
        if (session.CreatedBytes is not null && bytes is null)
        {
            return;
        }

        var before = model.Profile.Measured is { } measured && measured.Device == session.Device ? measured.Use.Private : 0;
        var use = session.CreatedBytes is { } created
            ? session.Memory with { Private = Math.Max(before, Math.Max(0, created + bytes!.Value)) }
            : session.Session.Memory with { Private = Math.Max(session.Memory.Private, session.Session.Memory.Private) };
        model.Profile.Measured = new MemoryMeasurement(session.Device, use);
        lock (_lock)
        {
            // A swap that waits for this run counts on the charge as it is.
            if (model.Gate == gate)
            {
                Charge_NeedsLock(model, use, isMeasured: true);
                Admit_NeedsLock();
            }
        }
    }

    // Who grows has asked for the room, and gives that back.
    private void NoteGrowth(SharedModel model, SessionGate gate, long bytes)
    {
        lock (_lock)
        {
            // A session that leaves gives it back with all else.
            if (model.Gate == gate)
            {
                Charge_NeedsLock(model, model.Charge with { Private = model.Charge.Private + bytes }, model.IsMeasured);
            }
        }
    }

    // What a session gives back is what it had, with all that its runs added.
    private static void NoteUnload(SharedModel model, SessionGate gate, long? bytes)
    {
        if (bytes is < 0 && gate.HasRun && gate.Session.CreatedBytes is not null)
        {
            model.Profile.Measured = new MemoryMeasurement(gate.Session.Device, gate.Session.Memory with { Private = -bytes.Value });
        }
    }
}
