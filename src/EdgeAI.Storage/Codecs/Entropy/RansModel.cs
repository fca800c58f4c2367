using System.Buffers;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EdgeAI.Storage.Codecs.Entropy;

/// <summary>How often each symbol occurs in each context, in parts of 4096. The same for who writes and who reads.</summary>
internal sealed class RansModel
{
    /// <summary>The parts that a context's frequencies add up to, as a power of two.</summary>
    public const int ScaleBits = 12;

    private const int Scale = 1 << ScaleBits;
    private const int CountersApart = 4;

    private readonly ushort[] _frequencies;

    private RansModel(int contexts, int symbols)
    {
        Contexts = contexts;
        Symbols = symbols;
        _frequencies = new ushort[contexts * symbols];
    }

    /// <summary>Contexts are less than this, a power of two.</summary>
    public int Contexts { get; }

    /// <summary>Symbols are less than this, a power of two.</summary>
    public int Symbols { get; }

    /// <summary>The longest that a model of a shape can be when it is written.</summary>
    public static int MaxLength(int contexts, int symbols) => contexts * (2 + (2 * symbols));

    /// <summary>The frequencies of a context's symbols; all zero when the context does not occur.</summary>
    public ReadOnlySpan<ushort> Frequencies(int context) => Row(context);

    /// <summary>Makes the model of symbols.</summary>
    /// <param name="values">The symbols, each less than <paramref name="symbols"/>.</param>
    /// <param name="inContexts">The context of each, less than <paramref name="contexts"/>; empty where there is one.</param>
    /// <param name="contexts">How many contexts there are, a power of two.</param>
    /// <param name="symbols">How many symbols there are, a power of two.</param>
    public static RansModel Of(ReadOnlySpan<byte> values, ReadOnlySpan<byte> inContexts, int contexts, int symbols)
    {
        var size = contexts * symbols;
        var counts = ArrayPool<int>.Shared.Rent(CountersApart * size);
        try
        {
            counts.AsSpan(0, CountersApart * size).Clear();
            if (contexts == 1)
            {
                Count(values, symbols, counts);
            }
            else
            {
                Count(values, inContexts[..values.Length], contexts, symbols, counts);
            }

            var sums = counts.AsSpan(0, size);
            for (var part = 1; part < CountersApart; part++)
            {
                TensorPrimitives.Add(sums, counts.AsSpan(part * size, size), sums);
            }

            var model = new RansModel(contexts, symbols);
            for (var context = 0; context < contexts; context++)
            {
                Normalize(sums.Slice(context * symbols, symbols), model.Row(context));
            }

            return model;
        }
        finally
        {
            ArrayPool<int>.Shared.Return(counts);
        }
    }

    /// <summary>Writes the model: for each context the number of symbols up to the last that occurs, then a frequency each, one or two bytes.</summary>
    /// <returns>How many bytes were written, at most <see cref="MaxLength"/>.</returns>
    public int Write(Span<byte> destination)
    {
        var position = 0;
        for (var context = 0; context < Contexts; context++)
        {
            var frequencies = Frequencies(context);
            var count = frequencies.LastIndexOfAnyExcept((ushort)0) + 1;
            WriteNumber(destination, ref position, count);
            foreach (var frequency in frequencies[..count])
            {
                WriteNumber(destination, ref position, frequency);
            }
        }

        return position;
    }

    /// <summary>Reads a model; null when the bytes are none.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="contexts">How many contexts there are.</param>
    /// <param name="symbols">How many symbols there are.</param>
    /// <param name="length">How many of the bytes the model took.</param>
    public static RansModel? TryRead(ReadOnlySpan<byte> source, int contexts, int symbols, out int length)
    {
        length = 0;
        var model = new RansModel(contexts, symbols);
        for (var context = 0; context < contexts; context++)
        {
            if (!TryReadContext(source, ref length, model.Row(context)))
            {
                return null;
            }
        }

        return model;
    }

    private static bool TryReadContext(ReadOnlySpan<byte> source, ref int position, Span<ushort> frequencies)
    {
        if (!TryReadNumber(source, ref position, out var count) || count > frequencies.Length)
        {
            return false;
        }

        var sum = 0;
        foreach (ref var frequency in frequencies[..count])
        {
            if (!TryReadNumber(source, ref position, out var parts))
            {
                return false;
            }

            sum += parts;
            frequency = (ushort)parts;
        }

        return sum == (count == 0 ? 0 : Scale);
    }

    private static void WriteNumber(Span<byte> destination, ref int position, int number)
    {
        if (number >= 0x80)
        {
            destination[position++] = (byte)(number | 0x80);
            number >>= 7;
        }

        destination[position++] = (byte)number;
    }

    private static bool TryReadNumber(ReadOnlySpan<byte> source, ref int position, out int number)
    {
        number = 0;
        if (position >= source.Length)
        {
            return false;
        }

        number = source[position++];
        if (number < 0x80)
        {
            return true;
        }

        if (position >= source.Length)
        {
            return false;
        }

        number = (number & 0x7F) | (source[position++] << 7);
        return true;
    }

    // Neighbours are counted apart: most are alike, and a count would have to wait for the one before it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Count(ReadOnlySpan<byte> values, ReadOnlySpan<byte> inContexts, int contexts, int symbols, Span<int> counts)
    {
        var (rows, columns, shift, size) = (contexts - 1, symbols - 1, BitOperations.Log2((uint)symbols), contexts * symbols);
        ref var first = ref MemoryMarshal.GetReference(counts);
        ref var second = ref Unsafe.Add(ref first, size);
        ref var third = ref Unsafe.Add(ref second, size);
        ref var fourth = ref Unsafe.Add(ref third, size);
        ref var value = ref MemoryMarshal.GetReference(values);
        ref var context = ref MemoryMarshal.GetReference(inContexts);
        nint i = 0;
        for (; i <= values.Length - CountersApart; i += CountersApart)
        {
            Unsafe.Add(ref first, ((Unsafe.Add(ref context, i) & rows) << shift) + (Unsafe.Add(ref value, i) & columns))++;
            Unsafe.Add(ref second, ((Unsafe.Add(ref context, i + 1) & rows) << shift) + (Unsafe.Add(ref value, i + 1) & columns))++;
            Unsafe.Add(ref third, ((Unsafe.Add(ref context, i + 2) & rows) << shift) + (Unsafe.Add(ref value, i + 2) & columns))++;
            Unsafe.Add(ref fourth, ((Unsafe.Add(ref context, i + 3) & rows) << shift) + (Unsafe.Add(ref value, i + 3) & columns))++;
        }

        for (; i < values.Length; i++)
        {
            Unsafe.Add(ref first, ((Unsafe.Add(ref context, i) & rows) << shift) + (Unsafe.Add(ref value, i) & columns))++;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Count(ReadOnlySpan<byte> values, int symbols, Span<int> counts)
    {
        var columns = symbols - 1;
        ref var first = ref MemoryMarshal.GetReference(counts);
        ref var second = ref Unsafe.Add(ref first, symbols);
        ref var third = ref Unsafe.Add(ref second, symbols);
        ref var fourth = ref Unsafe.Add(ref third, symbols);
        ref var value = ref MemoryMarshal.GetReference(values);
        nint i = 0;
        for (; i <= values.Length - CountersApart; i += CountersApart)
        {
            Unsafe.Add(ref first, Unsafe.Add(ref value, i) & columns)++;
            Unsafe.Add(ref second, Unsafe.Add(ref value, i + 1) & columns)++;
            Unsafe.Add(ref third, Unsafe.Add(ref value, i + 2) & columns)++;
            Unsafe.Add(ref fourth, Unsafe.Add(ref value, i + 3) & columns)++;
        }

        for (; i < values.Length; i++)
        {
            Unsafe.Add(ref first, Unsafe.Add(ref value, i) & columns)++;
        }
    }

    // Every symbol that occurs keeps at least one part. What that takes comes from the most frequent ones, whose cost changes least.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Normalize(ReadOnlySpan<int> counts, Span<ushort> frequencies)
    {
        long total = 0;
        foreach (var count in counts)
        {
            total += count;
        }

        if (total == 0)
        {
            return;
        }

        var left = Scale;
        for (var symbol = 0; symbol < counts.Length; symbol++)
        {
            var parts = counts[symbol] == 0 ? 0 : Math.Max(1, (int)(((long)counts[symbol] * Scale) / total));
            frequencies[symbol] = (ushort)parts;
            left -= parts;
        }

        while (left != 0)
        {
            ref var largest = ref frequencies[TensorPrimitives.IndexOfMax<ushort>(frequencies)];
            var change = left > 0 ? left : -Math.Min(-left, Math.Max(1, largest / 8));
            largest = (ushort)(largest + change);
            left -= change;
        }
    }

    private Span<ushort> Row(int context) => _frequencies.AsSpan(context * Symbols, Symbols);
}
