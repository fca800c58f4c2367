namespace EdgeAI.Storage.Durability;

/// <summary>Two locks that are given back together, the last taken first.</summary>
internal sealed class FileLocks(FileLock first, FileLock second) : IDisposable
{
    public void Dispose()
    {
        second.Dispose();
        first.Dispose();
    }
}
