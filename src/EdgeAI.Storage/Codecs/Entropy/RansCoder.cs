using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace EdgeAI.Storage.Codecs.Entropy;

/// <summary>
/// A range asymmetric numeral system over symbols with known contexts: four interleaved states of 32 bits, renewed 16 bits at a time. Source: J. Duda,
/// "Asymmetric numeral systems", 2013; the interleaving after F. Giesen, "Interleaved entropy coders", 2014.
/// </summary>
internal static class RansCoder
{
    private const int Lanes = 4;
    private const uint LowerBound = 1u << 16;
    private const int ScaleBits = RansModel.ScaleBits;
    private const uint SlotMask = (1u << ScaleBits) - 1;

    /// <summary>The longest that symbols can become.</summary>
    public static int MaxLength(int symbols) => (2 * symbols) + (4 * Lanes);

    /// <summary>Encodes symbols.</summary>
    /// <param name="model">A model in which every symbol occurs in its context.</param>
    /// <param name="symbols">The symbols.</param>
    /// <param name="contexts">The context of each.</param>
    /// <param name="destination">At least <see cref="MaxLength"/> bytes.</param>
    /// <returns>How many bytes were written.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Encode(RansModel model, ReadOnlySpan<byte> symbols, ReadOnlySpan<byte> contexts, Span<byte> destination)
    {
        var slots = MakeSlots(model);
        Span<uint> states = stackalloc uint[Lanes];
        states.Fill(LowerBound);

        // Last symbol first, from the end of the destination towards its start: the reader then goes forwards.
        var position = destination.Length;
        for (var i = symbols.Length - 1; i >= 0; i--)
        {
            ref var state = ref states[i & (Lanes - 1)];
            var slot = slots[(contexts[i] * RansModel.MaxSymbols) + symbols[i]];
            var frequency = slot >> 16;
            if (state >= (ulong)frequency << (32 - ScaleBits))
            {
                position -= 2;
                BinaryPrimitives.WriteUInt16LittleEndian(destination[position..], (ushort)state);
                state >>= 16;
            }

            var (quotient, remainder) = Math.DivRem(state, frequency);
            state = (quotient << ScaleBits) + remainder + (slot & 0xFFFF);
        }

        for (var lane = Lanes - 1; lane >= 0; lane--)
        {
            position -= 4;
            BinaryPrimitives.WriteUInt32LittleEndian(destination[position..], states[lane]);
        }

        var length = destination.Length - position;
        destination[position..].CopyTo(destination);
        return length;
    }

    /// <summary>Decodes untrusted bytes. Damage gives wrong symbols, or false; it never reads or writes elsewhere.</summary>
    /// <param name="model">The model that the bytes were written with.</param>
    /// <param name="source">The bytes.</param>
    /// <param name="contexts">The context of each symbol.</param>
    /// <param name="symbols">As many symbols as contexts.</param>
    public static bool TryDecode(RansModel model, ReadOnlySpan<byte> source, ReadOnlySpan<byte> contexts, Span<byte> symbols)
    {
        if (source.Length < 4 * Lanes)
        {
            return false;
        }

        var table = ArrayPool<uint>.Shared.Rent(RansModel.MaxContexts << ScaleBits);
        try
        {
            FillTable(model, table);
            return Decode(table, source, contexts, symbols);
        }
        finally
        {
            ArrayPool<uint>.Shared.Return(table);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool Decode(ReadOnlySpan<uint> table, ReadOnlySpan<byte> source, ReadOnlySpan<byte> contexts, Span<byte> symbols)
    {
        var (x0, x1, x2, x3) = (ReadState(source, 0), ReadState(source, 1), ReadState(source, 2), ReadState(source, 3));
        var words = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, ushort>(source[(4 * Lanes)..]);
        var position = 0;
        var i = 0;
        var end = Math.Min(symbols.Length, contexts.Length);
        for (; i + Lanes <= end && position + Lanes <= words.Length; i += Lanes)
        {
            symbols[i] = Step(table, contexts[i], ref x0, words, ref position);
            symbols[i + 1] = Step(table, contexts[i + 1], ref x1, words, ref position);
            symbols[i + 2] = Step(table, contexts[i + 2], ref x2, words, ref position);
            symbols[i + 3] = Step(table, contexts[i + 3], ref x3, words, ref position);
        }

        Span<uint> states = [x0, x1, x2, x3];
        for (; i < end; i++)
        {
            ref var state = ref states[i & (Lanes - 1)];
            if (state < LowerBound)
            {
                return false;
            }

            symbols[i] = StepToTheEnd(table, contexts[i], ref state, words, ref position);
        }

        return position == words.Length && states.IndexOfAnyExcept(LowerBound) < 0;
    }

    private static byte Step(ReadOnlySpan<uint> table, byte context, ref uint state, ReadOnlySpan<ushort> words, ref int position)
    {
        var entry = table[(context << ScaleBits) + (int)(state & SlotMask)];
        state = ((entry >> 19) * (state >> ScaleBits)) + ((entry >> 7) & SlotMask);
        if (state < LowerBound)
        {
            state = (state << 16) | Little(words[position++]);
        }

        return (byte)(entry & 0x7F);
    }

    private static byte StepToTheEnd(ReadOnlySpan<uint> table, byte context, ref uint state, ReadOnlySpan<ushort> words, ref int position)
    {
        var entry = table[(context << ScaleBits) + (int)(state & SlotMask)];
        state = ((entry >> 19) * (state >> ScaleBits)) + ((entry >> 7) & SlotMask);
        if (state < LowerBound && position < words.Length)
        {
            state = (state << 16) | Little(words[position++]);
        }

        return (byte)(entry & 0x7F);
    }

    private static ushort Little(ushort word) => BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word);

    private static uint ReadState(ReadOnlySpan<byte> source, int lane) => BinaryPrimitives.ReadUInt32LittleEndian(source[(4 * lane)..]);

    // Frequency in the upper half, start in the lower.
    private static uint[] MakeSlots(RansModel model)
    {
        var slots = new uint[RansModel.MaxContexts * RansModel.MaxSymbols];
        for (var context = 0; context < RansModel.MaxContexts; context++)
        {
            uint start = 0;
            var frequencies = model.Frequencies(context);
            for (var symbol = 0; symbol < frequencies.Length; symbol++)
            {
                slots[(context * RansModel.MaxSymbols) + symbol] = ((uint)frequencies[symbol] << 16) | start;
                start += frequencies[symbol];
            }
        }

        return slots;
    }

    // For each part of each context: the frequency (13 bits), the part's place within its symbol (12), the symbol (7). A context that does not occur
    // gets zeros: a state that meets it becomes zero, and is told at the end.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FillTable(RansModel model, Span<uint> table)
    {
        for (var context = 0; context < RansModel.MaxContexts; context++)
        {
            var row = table.Slice(context << ScaleBits, 1 << ScaleBits);
            var slot = 0;
            var frequencies = model.Frequencies(context);
            for (var symbol = 0; symbol < frequencies.Length; symbol++)
            {
                for (uint place = 0; place < frequencies[symbol]; place++)
                {
                    row[slot++] = ((uint)frequencies[symbol] << 19) | (place << 7) | (uint)symbol;
                }
            }

            row[slot..].Clear();
        }
    }
}
