namespace EdgeAI.Transfers;

/// <summary>
/// Whose bytes go next: all that an instance moves to and from other machines asks here, slice by slice. While a transfer goes on, those of lower priority wait, but for a small share; what
/// the options' rates do not allow waits too. Up and down know nothing of each other.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public interface ITransferScheduler
{
    /// <summary>The most bytes that a slice should have: 65,536. What is larger is granted as one, and those who matter more wait for its end.</summary>
    const int SliceSize = 1 << 16;

    /// <summary>
    /// The most bytes that a connection of a background transfer should buffer for reading, as its socket's receive buffer: 32,768. What the other side has sent into a larger one goes on
    /// arriving, before the bytes of those who matter more, after the transfer was told to wait.
    /// </summary>
    const int BackgroundWindow = 1 << 15;

    /// <summary>Begins a transfer, before its connection is asked for anything. At most two background transfers go on at once in a direction; others wait here.</summary>
    /// <param name="direction">Which way its bytes go.</param>
    /// <param name="priority">How much it matters.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The transfer. Dispose it when its last byte has moved, and while it pauses: others wait for it.</returns>
    ValueTask<ITransfer> BeginAsync(TransferDirection direction, TransferPriority priority, CancellationToken cancellationToken = default);
}
