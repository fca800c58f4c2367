namespace EdgeAI.Transfers;

/// <summary>A transfer that goes on. Disposing it is its end.</summary>
/// <remarks>Thread-safe; parts of one transfer may ask at once.</remarks>
public interface ITransfer : IDisposable
{
    /// <summary>How much it matters now.</summary>
    TransferPriority Priority { get; }

    /// <summary>Waits until the next bytes may move. A reader that cannot know how many will come asks for those that came, before it reads on.</summary>
    /// <param name="bytes">How many: 1 to <see cref="ITransferScheduler.SliceSize"/> is best.</param>
    /// <param name="cancellationToken">Cancels the wait; nothing is counted then.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bytes"/> is less than 1.</exception>
    ValueTask AcquireAsync(int bytes, CancellationToken cancellationToken = default);

    /// <summary>Makes it matter more, when somebody begins to wait for it; lower than it was is ignored.</summary>
    /// <param name="priority">How much it matters from now on.</param>
    void Raise(TransferPriority priority);
}
