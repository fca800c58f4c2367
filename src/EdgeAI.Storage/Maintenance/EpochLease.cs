using EdgeAI.Storage.Durability;

namespace EdgeAI.Storage.Maintenance;

/// <summary>An operation's place in an epoch: what it saw in the store stays until this is disposed. It dies with its process.</summary>
/// <param name="epoch">Which epoch.</param>
/// <param name="file">The shared lock that says so.</param>
internal sealed class EpochLease(long epoch, FileLock file) : IDisposable
{
    public long Epoch => epoch;

    public void Dispose() => file.Dispose();
}
