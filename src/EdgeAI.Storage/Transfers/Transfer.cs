using EdgeAI.Transfers;

namespace EdgeAI.Storage.Transfers;

internal sealed class Transfer(TransferLane lane, TransferPriority priority) : ITransfer
{
    public TransferPriority Priority { get; private set; } = priority;

    /// <summary>Whether it holds one of the places of background transfers, which it keeps when it is raised.</summary>
    public bool HasSlot { get; } = priority == TransferPriority.Background;

    public bool IsOver { get; set; }

    public ValueTask AcquireAsync(int bytes, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1);
        return lane.AcquireAsync(this, bytes, cancellationToken);
    }

    public void Raise(TransferPriority priority) => lane.Raise(this, priority);

    public void SetPriority_NeedsLock(TransferPriority priority) => Priority = priority;

    public void Dispose() => lane.End(this);
}
