using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EdgeAI.Storage.Codecs.Entropy;

/// <summary>Reads bits, lowest first. Past the end it reads zeros: damaged input gives wrong elements, which the chunk's digest tells.</summary>
internal ref struct BitReader(ReadOnlySpan<byte> source)
{
    private readonly ReadOnlySpan<byte> _source = source;
    private long _position;

    /// <summary>Reads up to 32 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Read(int count)
    {
        var at = (int)(_position >> 3);
        var bits = at <= _source.Length - sizeof(ulong) ? ReadWord(at) : ReadLast(at);
        bits = (bits >> ((int)_position & 7)) & ((1UL << count) - 1);
        _position += count;
        return (uint)bits;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly ulong ReadWord(int at)
    {
        var word = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref MemoryMarshal.GetReference(_source), at));
        return BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly ulong ReadLast(int at)
    {
        ulong bits = 0;
        for (var i = _source.Length - 1; i >= at; i--)
        {
            bits = (bits << 8) | _source[i];
        }

        return bits;
    }
}
