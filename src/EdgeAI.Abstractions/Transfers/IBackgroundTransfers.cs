namespace EdgeAI.Transfers;

/// <summary>What monitoring does to transfers: a scheduler that implements this beside <see cref="ITransferScheduler"/> can hold those up that nobody waits for.</summary>
/// <remarks>Thread-safe.</remarks>
public interface IBackgroundTransfers
{
    /// <summary>Whether transfers of <see cref="TransferPriority.Background"/> stand still: no byte of one is let through. Raised ones go on.</summary>
    bool IsPaused { get; set; }
}
