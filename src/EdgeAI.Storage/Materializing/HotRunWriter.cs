using System.Buffers;
using System.Globalization;
using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;

namespace EdgeAI.Storage.Materializing;

/// <summary>Writes hot files run by run, on all cores, and takes each run's checksum while its bytes are at hand. A run for each core is in memory.</summary>
internal static class HotRunWriter
{
    /// <summary>Writes runs into a file.</summary>
    /// <param name="name">The file's path within the folder.</param>
    /// <param name="runs">What to write.</param>
    /// <param name="source">Where it comes from.</param>
    /// <param name="destination">The file, open for writing; zeros, or nothing, between the runs.</param>
    /// <param name="cancellationToken">Cancels the writing.</param>
    /// <returns>The runs' checksums, in the file's order.</returns>
    public static async ValueTask<IReadOnlyList<HotChecksum>> WriteAsync(
        string name,
        IReadOnlyList<HotRun> runs,
        IHotSource source,
        SafeFileHandle destination,
        CancellationToken cancellationToken)
    {
        var checksums = new HotChecksum[runs.Count];
        var options = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount };
        await Parallel.ForAsync(0, runs.Count, options, async (i, token) =>
        {
            var hash = await WriteAsync(runs[i], source, destination, token).ConfigureAwait(false);
            checksums[i] = new HotChecksum(name, runs[i].Offset, runs[i].Length, hash);
        }).ConfigureAwait(false);
        return checksums;
    }

    /// <summary>The checksum of a run's bytes.</summary>
    public static string HashOf(ReadOnlySpan<byte> run) => XxHash128.HashToUInt128(run).ToString("x32", CultureInfo.InvariantCulture);

    private static async ValueTask<string> WriteAsync(HotRun run, IHotSource source, SafeFileHandle destination, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(run.Length);
        try
        {
            var plain = buffer.AsMemory(0, run.Length);
            var filled = 0;
            foreach (var part in run.Parts)
            {
                var start = (int)(part.Offset - run.Offset);
                plain.Span[filled..start].Clear();
                filled = start + part.Length;
                await source.ReadAsync(part, plain[start..filled], cancellationToken).ConfigureAwait(false);
            }

            // Synchronous on a pool's thread: the page cache takes the bytes in less time than going to another thread does.
            RandomAccess.Write(destination, plain.Span, run.Offset);
            return HashOf(plain.Span);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
