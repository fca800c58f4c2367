using EdgeAI.Memory;

namespace EdgeAI.Isolation;

/// <summary>A worker has no budget of its own to take from: it does no work beside requests, and uses what earlier work left on the disk.</summary>
internal sealed class NoWorkingMemory : IWorkingMemory
{
    public ValueTask<bool> TakeAsync(long bytes, CancellationToken cancellationToken) => new(false);

    public void GiveBack(long bytes) => throw new InvalidOperationException("Nothing was taken.");
}
