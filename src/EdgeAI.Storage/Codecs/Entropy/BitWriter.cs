using System.Buffers.Binary;

namespace EdgeAI.Storage.Codecs.Entropy;

/// <summary>Writes bits, lowest first, into memory that is known to be long enough.</summary>
internal ref struct BitWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;
    private ulong _pending;
    private int _count;

    /// <summary>How many whole bytes are written.</summary>
    public int Length { get; private set; }

    /// <summary>Writes up to 32 bits.</summary>
    public void Write(uint bits, int count)
    {
        _pending |= (ulong)bits << _count;
        _count += count;
        if (_count >= 32)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(_destination[Length..], (uint)_pending);
            Length += 4;
            _pending >>= 32;
            _count -= 32;
        }
    }

    /// <summary>Writes what is pending, filled up with zeros.</summary>
    public void Flush()
    {
        for (; _count > 0; _count -= 8)
        {
            _destination[Length++] = (byte)_pending;
            _pending >>= 8;
        }

        _count = 0;
    }
}
