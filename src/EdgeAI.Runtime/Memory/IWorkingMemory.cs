namespace EdgeAI.Memory;

/// <summary>Private bytes of the budget for work that goes on beside requests, and can wait. Thread-safe.</summary>
internal interface IWorkingMemory
{
    /// <summary>Waits for room, behind all loads, and takes it; nothing is unloaded for it.</summary>
    /// <param name="bytes">Private bytes, 0 or more.</param>
    /// <param name="cancellationToken">Ends the wait; nothing is taken then.</param>
    /// <returns>False when the budget could never have so many.</returns>
    ValueTask<bool> TakeAsync(long bytes, CancellationToken cancellationToken);

    /// <summary>Gives back what was taken.</summary>
    void GiveBack(long bytes);
}
