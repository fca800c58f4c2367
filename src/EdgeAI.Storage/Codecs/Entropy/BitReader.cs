using System.Buffers.Binary;

namespace EdgeAI.Storage.Codecs.Entropy;

/// <summary>Reads bits, lowest first. Past the end it reads zeros: damaged input gives wrong elements, which the chunk's digest tells.</summary>
internal ref struct BitReader(ReadOnlySpan<byte> source)
{
    private readonly ReadOnlySpan<byte> _source = source;
    private ulong _pending;
    private int _count;
    private int _position;

    /// <summary>Reads up to 32 bits.</summary>
    public uint Read(int count)
    {
        if (_count < count)
        {
            Fill();
        }

        var bits = (uint)(_pending & ((1UL << count) - 1));
        _pending >>= count;
        _count -= count;
        return bits;
    }

    private void Fill()
    {
        if (_source.Length - _position >= 4)
        {
            _pending |= (ulong)BinaryPrimitives.ReadUInt32LittleEndian(_source[_position..]) << _count;
            _position += 4;
            _count += 32;
            return;
        }

        while (_count <= 32)
        {
            _pending |= (_position < _source.Length ? (ulong)_source[_position] : 0) << _count;
            _position++;
            _count += 8;
        }
    }
}
