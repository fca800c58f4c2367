using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EdgeAI.Storage.Codecs.Entropy;

/// <summary>How often each symbol occurs in each context, in parts of 4096. The same for who writes and who reads.</summary>
internal sealed class RansModel
{
    /// <summary>The parts that a context's frequencies add up to, as a power of two.</summary>
    public const int ScaleBits = 12;

    /// <summary>Symbols are less than this.</summary>
    public const int MaxSymbols = 128;

    /// <summary>Contexts are less than this.</summary>
    public const int MaxContexts = 32;

    private const int Scale = 1 << ScaleBits;

    private readonly ushort[] _frequencies = new ushort[MaxContexts * MaxSymbols];

    /// <summary>The frequencies of a context's symbols; all zero when the context does not occur.</summary>
    public ReadOnlySpan<ushort> Frequencies(int context) => _frequencies.AsSpan(context * MaxSymbols, MaxSymbols);

    /// <summary>Makes the model of symbols.</summary>
    /// <param name="symbols">The symbols, each less than <see cref="MaxSymbols"/>.</param>
    /// <param name="contexts">The context of each, less than <see cref="MaxContexts"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static RansModel FromSymbols(ReadOnlySpan<byte> symbols, ReadOnlySpan<byte> contexts)
    {
        // Neighbours are counted apart: most are alike, and a count would have to wait for the one before it.
        const int Size = MaxContexts * MaxSymbols;
        var counts = ArrayPool<int>.Shared.Rent(4 * Size);
        try
        {
            counts.AsSpan(0, 4 * Size).Clear();
            ref var count = ref MemoryMarshal.GetArrayDataReference(counts);
            contexts = contexts[..symbols.Length];
            var i = 0;
            for (; i <= symbols.Length - 4; i += 4)
            {
                Unsafe.Add(ref count, IndexOf(symbols[i], contexts[i]))++;
                Unsafe.Add(ref count, Size + IndexOf(symbols[i + 1], contexts[i + 1]))++;
                Unsafe.Add(ref count, (2 * Size) + IndexOf(symbols[i + 2], contexts[i + 2]))++;
                Unsafe.Add(ref count, (3 * Size) + IndexOf(symbols[i + 3], contexts[i + 3]))++;
            }

            for (; i < symbols.Length; i++)
            {
                Unsafe.Add(ref count, IndexOf(symbols[i], contexts[i]))++;
            }

            var sums = counts.AsSpan(0, Size);
            for (var part = 1; part < 4; part++)
            {
                TensorPrimitives.Add(sums, counts.AsSpan(part * Size, Size), sums);
            }

            return FromCounts(sums);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(counts);
        }
    }

    /// <summary>Makes a model from counts.</summary>
    /// <param name="counts">How often each symbol occurs in each context: <see cref="MaxContexts"/> rows of <see cref="MaxSymbols"/>.</param>
    public static RansModel FromCounts(ReadOnlySpan<int> counts)
    {
        var model = new RansModel();
        for (var context = 0; context < MaxContexts; context++)
        {
            Normalize(counts.Slice(context * MaxSymbols, MaxSymbols), model._frequencies.AsSpan(context * MaxSymbols, MaxSymbols));
        }

        return model;
    }

    /// <summary>Writes the model: for each context the number of symbols up to the last that occurs, then a frequency each, one or two bytes.</summary>
    /// <returns>How many bytes were written.</returns>
    public int Write(Span<byte> destination)
    {
        var position = 0;
        for (var context = 0; context < MaxContexts; context++)
        {
            var frequencies = Frequencies(context);
            var count = frequencies.LastIndexOfAnyExcept((ushort)0) + 1;
            destination[position++] = (byte)count;
            foreach (var frequency in frequencies[..count])
            {
                if (frequency >= 0x80)
                {
                    destination[position++] = (byte)(frequency | 0x80);
                }

                destination[position++] = (byte)(frequency >= 0x80 ? frequency >> 7 : frequency);
            }
        }

        return position;
    }

    /// <summary>Reads a model; null when the bytes are none.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="length">How many of them the model took.</param>
    public static RansModel? TryRead(ReadOnlySpan<byte> source, out int length)
    {
        length = 0;
        var model = new RansModel();
        for (var context = 0; context < MaxContexts; context++)
        {
            if (!TryReadContext(source, ref length, model._frequencies.AsSpan(context * MaxSymbols, MaxSymbols)))
            {
                return null;
            }
        }

        return model;
    }

    private static int IndexOf(byte symbol, byte context) => ((context % MaxContexts) * MaxSymbols) + (symbol % MaxSymbols);

    private static bool TryReadContext(ReadOnlySpan<byte> source, ref int position, Span<ushort> frequencies)
    {
        if (position >= source.Length || source[position] > MaxSymbols)
        {
            return false;
        }

        var count = source[position++];
        var sum = 0;
        for (var symbol = 0; symbol < count; symbol++)
        {
            if (position >= source.Length)
            {
                return false;
            }

            int frequency = source[position++];
            if (frequency >= 0x80)
            {
                if (position >= source.Length)
                {
                    return false;
                }

                frequency = (frequency & 0x7F) | (source[position++] << 7);
            }

            sum += frequency;
            frequencies[symbol] = (ushort)frequency;
        }

        return sum == (count == 0 ? 0 : Scale);
    }

    // Every symbol that occurs keeps at least one part; what that takes comes from the most frequent one, whose cost changes least.
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

        var (sum, largest) = (0, 0);
        for (var symbol = 0; symbol < counts.Length; symbol++)
        {
            var parts = counts[symbol] == 0 ? 0 : Math.Max(1, (int)(((long)counts[symbol] * Scale) / total));
            frequencies[symbol] = (ushort)parts;
            sum += parts;
            largest = parts > frequencies[largest] ? symbol : largest;
        }

        frequencies[largest] = (ushort)(frequencies[largest] + Scale - sum);
    }
}
