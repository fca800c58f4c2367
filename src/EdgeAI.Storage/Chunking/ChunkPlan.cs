using System.Buffers;
using System.Runtime.CompilerServices;
using EdgeAI.Storage.Importing;

namespace EdgeAI.Storage.Chunking;

/// <summary>
/// Where a file is cut. A large tensor is cut at its beginning, at its end, and after fixed numbers of elements: it makes the same chunks in
/// whatever file and wherever it lies there, and its casts and quantisations are cut at the same elements. What stands around tensors is one run, the
/// residue. A file of no large tensors is cut by content.
/// </summary>
internal sealed class ChunkPlan
{
    /// <summary>From this length on a tensor has chunks of its own; shorter ones stay in what lies between.</summary>
    public const int LargeTensor = HotFiles.Alignment;

    /// <summary>How many elements a chunk of a tensor has, whatever their type: 1 MiB of fp32, 256 KiB of int8.</summary>
    public const int ElementsPerChunk = 1 << 18;

    private readonly long _length;
    private readonly List<TensorExtent> _tensors = [];

    /// <summary>Plans the cuts of a file.</summary>
    /// <param name="length">The file's length.</param>
    /// <param name="tensors">Its tensors, in any order. They must lie within the file; where some overlap, the first and longest counts.</param>
    public ChunkPlan(long length, IEnumerable<TensorExtent> tensors)
    {
        _length = length;
        long end = 0;
        foreach (var tensor in tensors.Where(tensor => tensor.Length >= LargeTensor).OrderBy(tensor => tensor.Offset).ThenByDescending(tensor => tensor.Length))
        {
            if (tensor.Offset >= end)
            {
                _tensors.Add(tensor);
                end = tensor.Offset + tensor.Length;
            }
        }
    }

    /// <summary>How many bytes a tensor's chunks have, but for the last.</summary>
    /// <param name="encoding">A known encoding.</param>
    public static int BytesPerChunk(TensorEncoding encoding) => Math.Max(1, ElementsPerChunk / encoding.BlockElements) * encoding.BlockBytes;

    /// <summary>
    /// Reads the file from its beginning to its end. Chunks of tensors come in order, those of the residue when they are complete. A chunk's length is at most
    /// 16 MiB; one is in memory at a time, beside a part of the residue.
    /// </summary>
    public async IAsyncEnumerable<CutChunk> CutAsync(ReadExactly read, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var residue = new ResidueCutter();
        long position = 0;
        foreach (var tensor in _tensors)
        {
            await foreach (var chunk in residue.AddAsync(tensor.Offset - position, read, cancellationToken).ConfigureAwait(false))
            {
                yield return chunk;
            }

            position = tensor.Offset + tensor.Length;
            var chunks = tensor.Encoding.IsKnown
                ? CutByElementsAsync(tensor, read, cancellationToken)
                : CutByContentAsync(tensor.Offset, position, read, cancellationToken);
            await foreach (var chunk in chunks.ConfigureAwait(false))
            {
                yield return chunk;
            }
        }

        var rest = _tensors.Count == 0 ? CutByContentAsync(0, _length, read, cancellationToken) : residue.AddAsync(_length - position, read, cancellationToken);
        await foreach (var chunk in rest.ConfigureAwait(false))
        {
            yield return chunk;
        }

        foreach (var chunk in residue.Finish())
        {
            yield return chunk;
        }
    }

    private static async IAsyncEnumerable<CutChunk> CutByElementsAsync(
        TensorExtent tensor,
        ReadExactly read,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var step = BytesPerChunk(tensor.Encoding);
        for (long done = 0; done < tensor.Length; done += step)
        {
            var length = (int)Math.Min(step, tensor.Length - done);
            var buffer = ArrayPool<byte>.Shared.Rent(length);
            await read(buffer.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
            yield return new CutChunk(new PlannedChunk(tensor.Offset + done, length, tensor, tensor.Encoding.CountElements(done)), buffer);
        }
    }

    private static async IAsyncEnumerable<CutChunk> CutByContentAsync(
        long start,
        long end,
        ReadExactly read,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // The window holds what was read beyond the last cut; it goes on in the next chunk's buffer.
        byte[]? window = null;
        var held = 0;
        while (start < end)
        {
            window ??= RentWindow(end - start);
            var filled = (int)Math.Min(end - start, ContentCutter.MaxLength);
            await read(window.AsMemory(held, filled - held), cancellationToken).ConfigureAwait(false);
            var length = ContentCutter.FindCut(window.AsSpan(0, filled));
            held = filled - length;
            var next = held == 0 ? null : RentWindow(end - start - length);
            window.AsSpan(length, held).CopyTo(next);
            yield return new CutChunk(new PlannedChunk(start, length, null, 0), window);
            (window, start) = (next, start + length);
        }
    }

    private static byte[] RentWindow(long left) => ArrayPool<byte>.Shared.Rent((int)Math.Min(left, ContentCutter.MaxLength));
}
