using EdgeAI.Memory;

namespace EdgeAI.Providers.Onnx;

/// <summary>Room in the budget for one piece of work, taken and given back at most once.</summary>
/// <param name="memory">The budget; null where nobody counts.</param>
/// <param name="bytes">Private bytes.</param>
internal sealed class WorkingRoom(IWorkingMemory? memory, long bytes)
{
    private int _isTaken;

    /// <summary>Waits for the room and takes it.</summary>
    /// <returns>False when there could never be so much.</returns>
    public async ValueTask<bool> TryTakeAsync(CancellationToken cancellationToken)
    {
        var isTaken = memory is null || await memory.TakeAsync(bytes, cancellationToken).ConfigureAwait(false);
        Volatile.Write(ref _isTaken, isTaken && memory is not null ? 1 : 0);
        return isTaken;
    }

    /// <summary>Gives back what was taken, if it was.</summary>
    public void GiveBack()
    {
        if (Interlocked.Exchange(ref _isTaken, 0) != 0)
        {
            memory!.GiveBack(bytes);
        }
    }
}
