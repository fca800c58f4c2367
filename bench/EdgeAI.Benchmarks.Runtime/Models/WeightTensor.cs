using System.Runtime.InteropServices;

namespace EdgeAI.Benchmarks.Runtime.Models;

/// <summary>A weight of a model that is made from a seed: never whole in memory.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ElementType">The number of its type in ONNX.</param>
/// <param name="ElementSize">The bytes of an element.</param>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Fill">What is in it.</param>
/// <param name="Spread">How far its values go.</param>
/// <param name="Given">Its bytes, when they are given.</param>
internal sealed record WeightTensor(string Name, int ElementType, int ElementSize, long[] Shape, WeightFill Fill, float Spread = 0, byte[]? Given = null)
{
    private const int BufferSize = 1 << 22;

    public const int Float = 1;
    public const int UInt8 = 2;
    public const int Int8 = 3;
    public const int Int64 = 7;

    public long Length => Shape.Aggregate((long)ElementSize, (product, size) => product * size);

    public static WeightTensor Of<T>(string name, int elementType, T[] data, params long[] shape)
        where T : unmanaged => new(name, elementType, Marshal.SizeOf<T>(), shape, WeightFill.Given, Given: MemoryMarshal.AsBytes<T>(data).ToArray());

    /// <summary>Writes the bytes, the same at every call.</summary>
    public void WriteTo(Stream stream)
    {
        if (Given is not null)
        {
            stream.Write(Given);
            return;
        }

        var random = new Random(Name.Aggregate(20260101, (seed, letter) => unchecked((seed * 31) + letter)));
        var buffer = new byte[Math.Min(Length, BufferSize)];
        for (var left = Length; left > 0; left -= buffer.Length)
        {
            var part = buffer.AsSpan(0, (int)Math.Min(left, buffer.Length));
            random.NextBytes(part);
            if (Fill != WeightFill.Bytes)
            {
                ToFloats(MemoryMarshal.Cast<byte, uint>(part));
            }

            stream.Write(part);
        }
    }

    // A float's lowest bits of mantissa are random, its exponent is that of 1: from 1 to 2, and from there to where it should be.
    private void ToFloats(Span<uint> bits)
    {
        var floats = MemoryMarshal.Cast<uint, float>(bits);
        var (scale, shift) = Fill == WeightFill.Noise ? (3.46f * Spread, 1.5f) : (2 * Spread, 0.5f);
        for (var i = 0; i < bits.Length; i++)
        {
            bits[i] = (bits[i] >> 9) | 0x3F800000;
            floats[i] = (floats[i] - shift) * scale;
        }
    }
}
