using EdgeAI.Inference;
using EdgeAI.Memory;
using EdgeAI.Models;
using EdgeAI.Storage;

namespace EdgeAI.Loading;

/// <summary>A load that goes on, which all callers share that want the model. What is not said to be for any thread belongs to the lock of <see cref="LoadedModels"/>.</summary>
#pragma warning disable CA1001 // The source has no timer and no wait handle, so there is nothing to dispose; whoever leaves last may cancel it late.
internal sealed class SharedLoad(LoadedModels models, SharedModel model)
#pragma warning restore CA1001
{
    private readonly CancellationTokenSource _cancellation = new();
    private readonly Lock _listenersLock = new();
    private readonly List<(ModelReference Reference, IProgress<ModelLoadProgress> Progress)> _listeners = [];

    /// <summary>Cancelled when nobody waits any more. For any thread.</summary>
    public CancellationToken Token => _cancellation.Token;

    /// <summary>The loaded model. For any thread.</summary>
    public Task<SessionGate> Session { get; set; } = null!;

    /// <summary>Hot files that are held for the model since it was swapped out; null at its first load. For any thread.</summary>
    public IHotModel? HeldFiles { get; } = model.Files;

    /// <summary>How many wait for it.</summary>
    public int Waiters { get; set; }

    /// <summary>The highest priority of those who wait or have waited.</summary>
    public int Priority { get; private set; } = int.MinValue;

    /// <summary>Whether all have left, so that nobody may join it.</summary>
    public bool IsAbandoned { get; set; }

    public void Join(ModelRequest request)
    {
        Waiters++;
        Priority = Math.Max(Priority, request.Priority);
        if (request.Progress is { } progress)
        {
            lock (_listenersLock)
            {
                _listeners.Add((request.Reference, progress));
            }
        }
    }

    /// <summary>Cancels the load. For any thread, without the lock.</summary>
    public Task CancelAsync() => _cancellation.CancelAsync();

    /// <summary>Waits for room in the budget and takes it; what the load had reserved before is given back. For the load's own thread.</summary>
    /// <exception cref="MemoryBudgetExceededException">There is none, or there was none in time.</exception>
    public ValueTask ReserveAsync(MemoryUse use) => models.ReserveAsync(model, this, use);

    /// <summary>Tells those who asked to be told. For the load's own thread.</summary>
    public void Report(ModelLoadStage stage, MemoryUse memory = default)
    {
        (ModelReference Reference, IProgress<ModelLoadProgress> Progress)[] listeners;
        lock (_listenersLock)
        {
            listeners = [.. _listeners];
        }

        foreach (var (reference, progress) in listeners)
        {
            progress.Report(new ModelLoadProgress(reference, stage, memory));
        }
    }
}
