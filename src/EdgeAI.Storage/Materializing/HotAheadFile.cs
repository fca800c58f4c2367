using EdgeAI.Models;
using EdgeAI.Storage.Durability;
using Microsoft.Win32.SafeHandles;

namespace EdgeAI.Storage.Materializing;

/// <summary>A hot file whose runs are written as their chunks come. <see cref="Write"/> is thread-safe.</summary>
/// <param name="path">Its path within the folder.</param>
/// <param name="file">The file, open for writing.</param>
/// <param name="journal">Says what is written.</param>
internal sealed class HotAheadFile(string path, SafeFileHandle file, HotJournal journal) : IAsyncDisposable
{
    private readonly FlushAhead _flush = new(file);

    /// <summary>Writes a run, and then its line in the journal.</summary>
    public void Write(HotRun run, Digest content, ReadOnlySpan<byte> plain)
    {
        RandomAccess.Write(file, plain, run.Offset);
        _flush.Wrote(run.Length);
        journal.Add(path, new HotChecksum(run.Offset, run.Length, HotChecksums.HashOf(plain), content));
    }

    /// <summary>Waits for the disk, which says only once that it failed.</summary>
    public async ValueTask CloseAsync()
    {
        await _flush.CompleteAsync().ConfigureAwait(false);
        file.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await _flush.DisposeAsync().ConfigureAwait(false);
        file.Dispose();
    }
}
