namespace EdgeAI.Storage;

/// <summary>What monitoring reads of a store, and does to it. A store that has it is an <see cref="IModelStore"/> that implements this too; rules that need it do nothing on another one, and say so.</summary>
/// <remarks>Thread-safe.</remarks>
public interface IStorageControl
{
    /// <summary>The clusters behind the store in the order that it was given, the primary first, and how they are.</summary>
    IReadOnlyList<ClusterStatus> Clusters { get; }

    /// <summary>Whether reads go to the backups first, and to the primary only when none of them has an answer. Pulls in progress follow at their next request; what is sent goes to all clusters as before.</summary>
    bool PrefersBackup { get; set; }

    /// <summary>Asks the primary for something small, whichever cluster is preferred: for who wants to know how it is while nothing else is read from it.</summary>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>How long the answer took; null when there is no cluster.</returns>
    /// <exception cref="ClusterUnavailableException">It did not answer, or answered with a failure.</exception>
    ValueTask<TimeSpan?> ProbePrimaryAsync(CancellationToken cancellationToken = default);

    /// <summary>The disks that the store's tiers are on, each once, and how much room they have.</summary>
    /// <param name="cancellationToken">Cancels the look-up.</param>
    ValueTask<IReadOnlyList<StorageDisk>> GetDisksAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Makes room on the disk of the hot tier, and then on that of the warm one: drops hot files, the longest unused first, and sends packs to the cold tier if there is one on another disk. What is
    /// pinned or in use stays.
    /// </summary>
    /// <param name="bytes">How much room to make, more than 0.</param>
    /// <param name="cancellationToken">Cancels the work; what is done by then stays done.</param>
    /// <returns>What was moved, and how many bytes that has freed.</returns>
    /// <exception cref="StorageTierUnavailableException">A tier's disk is not there.</exception>
    ValueTask<StorageRoom> MakeRoomAsync(long bytes, CancellationToken cancellationToken = default);
}
