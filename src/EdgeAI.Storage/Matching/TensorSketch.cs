using System.Numerics;
using System.Runtime.InteropServices;
using EdgeAI.Storage.Codecs.Elements;

namespace EdgeAI.Storage.Matching;

/// <summary>
/// The signs of 256 elements of a tensor, from eight places. Tuning, casting and rounding leave most signs as they are, whereas two strangers agree in
/// half of them; so few differing bits mean that one tensor was made from the other, whatever the two are called and however they are written.
/// </summary>
internal static class TensorSketch
{
    /// <summary>The length of a sketch in bytes.</summary>
    public const int Length = 32;

    /// <summary>
    /// With up to so many differing bits two tensors are worth comparing. Strangers differ in 128, give or take 8; where outliers set a coarse scale, many small
    /// numbers are quantised to zero and lose their signs.
    /// </summary>
    public const int Close = 100;

    private const int Runs = 8;
    private const int RunElements = 32;

    /// <summary>Reads the sketch of a tensor.</summary>
    /// <param name="source">A stream that can seek; its position moves.</param>
    /// <param name="offset">Where the tensor begins.</param>
    /// <param name="elements">How many elements it has, at least 256.</param>
    /// <param name="form">Their form.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    public static async ValueTask<byte[]> ReadAsync(Stream source, long offset, long elements, ElementForm form, CancellationToken cancellationToken)
    {
        var sketch = new byte[Length];
        var size = form.SizeOf();
        var sample = new byte[Runs * RunElements * size];
        var read = 0;
        foreach (var (position, length) in FindRuns(offset, elements, form))
        {
            source.Position = position;
            await source.ReadExactlyAsync(sample.AsMemory(read, length), cancellationToken).ConfigureAwait(false);
            read += length;
        }

        if (form.IsByte())
        {
            AddSidesOfMedian(sample, form, sketch);
        }
        else
        {
            AddSigns(sample, size, sketch);
        }

        return sketch;
    }

    /// <summary>The bytes that a sketch is made from, in order.</summary>
    /// <param name="offset">Where the tensor begins.</param>
    /// <param name="elements">How many elements it has, at least 256.</param>
    /// <param name="form">Their form.</param>
    public static IEnumerable<(long Offset, int Length)> FindRuns(long offset, long elements, ElementForm form)
    {
        var size = form.SizeOf();
        return Enumerable.Range(0, Runs).Select(run => (offset + ((elements - RunElements) * run / (Runs - 1) * size), RunElements * size));
    }

    /// <summary>How many bits of two sketches differ.</summary>
    public static int Distance(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var distance = 0;
        var (leftWords, rightWords) = (MemoryMarshal.Cast<byte, ulong>(left).ToArray(), MemoryMarshal.Cast<byte, ulong>(right).ToArray());
        for (var i = 0; i < leftWords.Length; i++)
        {
            distance += BitOperations.PopCount(leftWords[i] ^ rightWords[i]);
        }

        return distance;
    }

    private static void AddSigns(ReadOnlySpan<byte> sample, int size, Span<byte> bits)
    {
        for (var i = 0; i < Length * 8; i++)
        {
            bits[i / 8] |= (byte)((sample[(i * size) + size - 1] >> 7) << (i % 8));
        }
    }

    // What a quantiser's zero point is, the tensor does not say; weights lie about as often below zero as above it.
    private static void AddSidesOfMedian(ReadOnlySpan<byte> sample, ElementForm form, Span<byte> bits)
    {
        var flip = form == ElementForm.Int8 ? 0x80 : 0;
        var sorted = sample.ToArray();
        Array.Sort(sorted, (left, right) => (left ^ flip) - (right ^ flip));
        var median = sorted[sorted.Length / 2] ^ flip;
        for (var i = 0; i < sample.Length; i++)
        {
            bits[i / 8] |= (byte)(((sample[i] ^ flip) < median ? 1 : 0) << (i % 8));
        }
    }
}
