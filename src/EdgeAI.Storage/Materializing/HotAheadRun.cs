using EdgeAI.Models;

namespace EdgeAI.Storage.Materializing;

/// <summary>A run of a hot file that is written when all of its parts have come. Thread-safe.</summary>
/// <param name="run">The run.</param>
/// <param name="content">Its name.</param>
/// <param name="file">Where it goes.</param>
/// <param name="buffers">Where its parts wait for each other.</param>
internal sealed class HotAheadRun(HotRun run, Digest content, HotAheadFile file, HotRunBuffers buffers)
{
    private readonly Lock _lock = new();
    private readonly bool[] _has = new bool[run.Parts.Count];
    private byte[]? _buffer;
    private int _left = run.Parts.Count;

    /// <summary>Takes a part from its chunk.</summary>
    public void Take(int part, ReadOnlySpan<byte> plain)
    {
        var bytes = plain.Slice(run.Parts[part].Start, run.Parts[part].Length);
        lock (_lock)
        {
            if (_left == 0 || _has[part])
            {
                return;
            }

            _has[part] = true;
            if (run.Parts.Count == 1)
            {
                _left = 0;
                file.Write(run, content, bytes);
                return;
            }

            if (_buffer is null && (_buffer = buffers.TryTake(run.Length)) is null)
            {
                // Too many wait for the rest of theirs: this one is made from the store.
                _left = 0;
                return;
            }

            bytes.CopyTo(_buffer.AsSpan((int)(run.Parts[part].Offset - run.Offset)));
            if (--_left == 0)
            {
                Write();
            }
        }
    }

    private void Write()
    {
        try
        {
            file.Write(run, content, _buffer.AsSpan(0, run.Length));
        }
        finally
        {
            buffers.GiveBack(_buffer!, run.Length);
            _buffer = null;
        }
    }
}
