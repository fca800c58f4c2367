using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Storage.Chunking;
using EdgeAI.Storage.Codecs.Elements;
using EdgeAI.Storage.Importing;
using EdgeAI.Storage.Indexing;

namespace EdgeAI.Storage.Matching;

/// <summary>
/// Finds stored tensors inside a file that no parser knows, wherever they lie in it, so that they are cut as they were and stored once.
/// </summary>
internal sealed class TensorRecognizer
{
    private const int BufferLength = 1 << 20;
    private const int FilterBits = 1 << 20;

    private readonly Dictionary<ulong, StoredTensor> _starts;

    // Most windows are no tensor's start; a bit tells so without a look into the dictionary.
    private readonly ulong[] _filter = new ulong[FilterBits / 64];

    public TensorRecognizer(StoreIndex index)
    {
        _starts = index.ListTensorStarts();
        foreach (var start in _starts.Keys)
        {
            _filter[FilterIndex(start) / 64] |= 1UL << (int)(FilterIndex(start) % 64);
        }
    }

    /// <summary>Finds tensors.</summary>
    /// <param name="file">A stream that can seek; its position moves.</param>
    /// <param name="location">What the model file calls it; null for the model file itself.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    public async ValueTask<List<TensorExtent>> FindAsync(Stream file, string? location, CancellationToken cancellationToken)
    {
        var found = new List<TensorExtent>();
        if (_starts.Count == 0)
        {
            return found;
        }

        var buffer = new byte[BufferLength];
        for (long position = 0; position + TensorStart.Window <= file.Length;)
        {
            file.Position = position;
            var length = (int)Math.Min(buffer.Length, file.Length - position);
            await file.ReadExactlyAsync(buffer.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
            if (Scan(buffer.AsSpan(0, length)) is not { } hit)
            {
                position += length - TensorStart.Window + 1;
            }
            else if (await RecognizeAsync(file, position + hit.Offset, hit.Tensor, location, cancellationToken).ConfigureAwait(false) is { } extent)
            {
                found.Add(extent);
                position = extent.Offset + extent.Length;
            }
            else
            {
                position += hit.Offset + 1;
            }
        }

        return found;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private (int Offset, StoredTensor Tensor)? Scan(ReadOnlySpan<byte> bytes)
    {
        var hash = TensorStart.HashOf(bytes[..TensorStart.Window]);
        for (var offset = 0; ; offset++)
        {
            var bit = FilterIndex(hash);
            if ((_filter[bit / 64] >> (int)(bit % 64) & 1) != 0 && _starts.TryGetValue(hash, out var tensor))
            {
                return (offset, tensor);
            }

            if (offset + TensorStart.Window >= bytes.Length)
            {
                return null;
            }

            hash = TensorStart.Roll(hash, bytes[offset], bytes[offset + TensorStart.Window]);
        }
    }

    // Equal hashes may be chance; an equal first chunk is not.
    private static async ValueTask<TensorExtent?> RecognizeAsync(
        Stream file,
        long offset,
        StoredTensor tensor,
        string? location,
        CancellationToken cancellationToken)
    {
        var size = tensor.Form.SizeOf();
        var length = tensor.Elements * size;
        var first = new byte[Math.Min(ChunkPlan.ElementsPerChunk, tensor.Elements) * size];
        if (length > file.Length - offset || EncodingOf(tensor.Form) is not { } encoding)
        {
            return null;
        }

        file.Position = offset;
        await file.ReadExactlyAsync(first, cancellationToken).ConfigureAwait(false);
        return new Digest(SHA256.HashData(first)) == tensor.Chunks[0]
            ? new TensorExtent
            {
                Name = tensor.Name,
                Encoding = encoding,
                Shape = [tensor.Elements],
                Location = location,
                Offset = offset,
                Length = length,
            }
            : null;
    }

    private static TensorEncoding? EncodingOf(ElementForm form) => form switch
    {
        ElementForm.Float32 => TensorEncoding.Of(ElementType.Float32),
        ElementForm.Float16 => TensorEncoding.Of(ElementType.Float16),
        ElementForm.BFloat16 => TensorEncoding.Of(ElementType.BFloat16),
        ElementForm.Int8 => TensorEncoding.Of(ElementType.Int8),
        ElementForm.UInt8 => TensorEncoding.Of(ElementType.UInt8),
        _ => null,
    };

    private static uint FilterIndex(ulong hash) => (uint)((hash * 0xFF51AFD7ED558CCD) >> 44);
}
