using System.Buffers;
using System.Runtime.CompilerServices;

namespace EdgeAI.Storage.Chunking;

/// <summary>
/// Gathers what stands between a file's large tensors into one run. A run of up to 1 MiB is one chunk, so that a later version of it can be kept as its
/// difference; a longer one is cut by content.
/// </summary>
internal sealed class ResidueCutter
{
    /// <summary>A run of up to this length is one chunk. So much of it is in memory at a time.</summary>
    public const int WholeLength = 1 << 20;

    private byte[]? _window;
    private int _held;
    private long _cut;

    /// <summary>Reads on, into the run; gives the chunks that are complete by then.</summary>
    public async IAsyncEnumerable<CutChunk> AddAsync(long count, ReadExactly read, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (count > 0)
        {
            if (_held == WholeLength)
            {
                foreach (var chunk in Cut(ContentCutter.MaxLength))
                {
                    yield return chunk;
                }
            }

            MakeRoom((int)Math.Min(WholeLength, _held + count));
            var take = (int)Math.Min(count, WholeLength - _held);
            await read(_window.AsMemory(_held, take), cancellationToken).ConfigureAwait(false);
            (_held, count) = (_held + take, count - take);
        }
    }

    /// <summary>Gives the rest, once all is read.</summary>
    public IEnumerable<CutChunk> Finish()
    {
        if (_held > 0 && _cut == 0)
        {
            yield return Take(_window!, _held);
            (_window, _held) = (null, 0);
            yield break;
        }

        foreach (var chunk in Cut(1))
        {
            yield return chunk;
        }
    }

    // Cuts while at least so many bytes are held: where a cut falls must not depend on how much was read at once.
    private IEnumerable<CutChunk> Cut(int least)
    {
        var start = 0;
        for (; _held - start >= least; _cut++)
        {
            var length = ContentCutter.FindCut(_window.AsSpan(start, _held - start));
            var buffer = ArrayPool<byte>.Shared.Rent(length);
            _window.AsSpan(start, length).CopyTo(buffer);
            start += length;
            yield return Take(buffer, length);
        }

        _window.AsSpan(start, _held - start).CopyTo(_window);
        _held -= start;
    }

    private static CutChunk Take(byte[] buffer, int length) => new(new PlannedChunk(0, length, null, 0) { IsResidue = true }, buffer);

    private void MakeRoom(int length)
    {
        if (_window?.Length >= length)
        {
            return;
        }

        var longer = ArrayPool<byte>.Shared.Rent(length);
        if (_window is { } shorter)
        {
            shorter.AsSpan(0, _held).CopyTo(longer);
            ArrayPool<byte>.Shared.Return(shorter);
        }

        _window = longer;
    }
}
