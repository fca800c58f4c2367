using System.Buffers;
using EdgeAI.Models;
using EdgeAI.Storage.Durability;
using Microsoft.Win32.SafeHandles;

namespace EdgeAI.Storage.Materializing;

/// <summary>
/// Writes a hot file run by run, on all cores, and takes each run's checksum while its bytes are at hand. A run for each core is in memory. What was written before an interruption is
/// kept, and what another model's hot file has is taken from there; either only when its checksum is right.
/// </summary>
/// <param name="name">The file's path within the folder.</param>
/// <param name="source">Where the bytes come from.</param>
/// <param name="destination">The file, open for reading and writing; zeros, or nothing, between the runs.</param>
/// <param name="donors">Other models' hot files.</param>
/// <param name="journal">What was written before; null when nothing can have been.</param>
internal sealed class HotRunWriter(string name, IHotSource source, SafeFileHandle destination, HotDonors? donors = null, HotJournal? journal = null)
{
    /// <summary>Writes runs.</summary>
    /// <param name="runs">What to write.</param>
    /// <param name="contents">The runs' names.</param>
    /// <param name="cancellationToken">Cancels the writing.</param>
    /// <returns>The runs' checksums, in the file's order.</returns>
    public async ValueTask<IReadOnlyList<HotChecksum>> WriteAsync(IReadOnlyList<HotRun> runs, IReadOnlyList<Digest?> contents, CancellationToken cancellationToken)
    {
        var checksums = new HotChecksum[runs.Count];
        var flush = new FlushAhead(destination);
        await using var _ = flush.ConfigureAwait(false);
        var options = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount };
        await Parallel.ForAsync(0, runs.Count, options, async (i, token) =>
        {
            checksums[i] = await WriteAsync(runs[i], contents[i], token).ConfigureAwait(false);
            flush.Wrote(runs[i].Length);
        }).ConfigureAwait(false);
        await flush.CompleteAsync().ConfigureAwait(false);
        return checksums;
    }

    private async ValueTask<HotChecksum> WriteAsync(HotRun run, Digest? content, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(run.Length);
        try
        {
            var plain = buffer.AsMemory(0, run.Length);
            var isOurs = false;
            if (content is { } known && journal?.Find(name, run, known, out isOurs) is { } before && (isOurs || HotChecksums.TryRead(destination, before, plain.Span)))
            {
                return before;
            }

            var written = content is null ? null : TryTake(run, content.Value, plain.Span);
            if (written is null)
            {
                await ReadAsync(run, plain, cancellationToken).ConfigureAwait(false);

                // Synchronous on a pool's thread: the page cache takes the bytes in less time than going to another thread does.
                RandomAccess.Write(destination, plain.Span, run.Offset);
                written = new HotChecksum(run.Offset, run.Length, HotChecksums.HashOf(plain.Span), content);
            }

            journal?.Add(name, written);
            return written;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask ReadAsync(HotRun run, Memory<byte> plain, CancellationToken cancellationToken)
    {
        var filled = 0;
        foreach (var part in run.Parts)
        {
            var start = (int)(part.Offset - run.Offset);
            plain.Span[filled..start].Clear();
            filled = start + part.Length;
            await source.ReadAsync(part, plain[start..filled], cancellationToken).ConfigureAwait(false);
        }
    }

    private HotChecksum? TryTake(HotRun run, Digest content, Span<byte> plain)
    {
        if (donors?.Find(content) is not { } donor || donor.Run.Length != run.Length)
        {
            return null;
        }

        try
        {
            using var file = File.OpenHandle(donor.File);
            if (!HotChecksums.TryRead(file, donor.Run, plain))
            {
                return null;
            }

            var shared = Share(file, donor.Run.Offset, run);
            RandomAccess.Write(destination, plain[shared..], run.Offset + shared);
            return donor.Run with { Offset = run.Offset };
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (DirectoryNotFoundException)
        {
            return null;
        }
    }

    private int Share(SafeFileHandle file, long offset, HotRun run)
    {
        var length = run.Length / SharedFile.CloneAlignment * SharedFile.CloneAlignment;
        return offset % SharedFile.CloneAlignment == 0
            && run.Offset % SharedFile.CloneAlignment == 0
            && SharedFile.TryClone(file, offset, destination, run.Offset, length)
            ? length
            : 0;
    }
}
