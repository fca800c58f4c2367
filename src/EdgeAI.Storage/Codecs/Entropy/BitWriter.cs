using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EdgeAI.Storage.Codecs.Entropy;

/// <summary>Writes bits, lowest first, without a branch, into memory that is known to be long enough: <see cref="Slack"/> bytes more than are written.</summary>
internal ref struct BitWriter(Span<byte> destination)
{
    /// <summary>How far beyond the last byte memory is touched.</summary>
    public const int Slack = sizeof(ulong);

    private readonly ref byte _destination = ref MemoryMarshal.GetReference(destination);
    private nint _length;
    private ulong _pending;
    private int _count;

    /// <summary>Writes the lowest bits of a number, up to 32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(uint bits, int count)
    {
        _pending |= (bits & ((1UL << count) - 1)) << _count;
        _count += count;
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref _destination, _length), BitConverter.IsLittleEndian ? _pending : BinaryPrimitives.ReverseEndianness(_pending));
        _length += _count >> 3;
        _pending >>= _count & ~7;
        _count &= 7;
    }

    /// <summary>Ends the last byte with zeros.</summary>
    /// <returns>How many bytes were written.</returns>
    public readonly int Complete() => (int)_length + (_count > 0 ? 1 : 0);
}
