using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EdgeAI.Storage.Codecs.Entropy;

/// <summary>
/// A range asymmetric numeral system over symbols with known contexts: eight interleaved states of 32 bits, renewed 16 bits at a time. Source: J. Duda,
/// "Asymmetric numeral systems", 2013; the interleaving after F. Giesen, "Interleaved entropy coders", 2014.
/// </summary>
/// <remarks>
/// A state is renewed without a branch, since none could be predicted. Eight states hide what a symbol's table look-up and multiplication take. Lengths and
/// symbols are checked before the loops; within them memory is reached without checks.
/// </remarks>
internal static class RansCoder
{
    private const int Lanes = 8;
    private const uint LowerBound = 1u << 16;
    private const int ScaleBits = RansModel.ScaleBits;
    private const uint Scale = 1u << ScaleBits;
    private const uint SlotMask = Scale - 1;

    // 2^64 over each frequency, rounded up: a multiplication by it divides a state exactly. Source: D. Lemire et al., "Faster remainder by direct computation", 2019.
    private static readonly ulong[] Reciprocals = MakeReciprocals();

    /// <summary>The longest that symbols can become.</summary>
    public static int MaxLength(int symbols) => (2 * symbols) + (4 * Lanes) + sizeof(ushort);

    /// <summary>Encodes symbols.</summary>
    /// <param name="model">A model in which every symbol occurs in its context.</param>
    /// <param name="symbols">The symbols.</param>
    /// <param name="contexts">The context of each.</param>
    /// <param name="destination">At least <see cref="MaxLength"/> bytes.</param>
    /// <returns>How many bytes were written.</returns>
    public static int Encode(RansModel model, ReadOnlySpan<byte> symbols, ReadOnlySpan<byte> contexts, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, MaxLength(symbols.Length));
        ArgumentOutOfRangeException.ThrowIfLessThan(contexts.Length, symbols.Length);
        var slots = ArrayPool<EncodingSlot>.Shared.Rent(RansModel.MaxContexts * RansModel.MaxSymbols);
        try
        {
            FillSlots(model, slots);
            Span<uint> states = stackalloc uint[Lanes];
            var position = Encode(slots, symbols, contexts, destination, states);
            for (var lane = Lanes - 1; lane >= 0; lane--)
            {
                position -= 4;
                BinaryPrimitives.WriteUInt32LittleEndian(destination[position..], states[lane]);
            }

            destination[position..].CopyTo(destination);
            return destination.Length - position;
        }
        finally
        {
            ArrayPool<EncodingSlot>.Shared.Return(slots);
        }
    }

    /// <summary>Decodes untrusted bytes. Damage gives wrong symbols, or false; it never reads or writes elsewhere.</summary>
    /// <param name="model">The model that the bytes were written with.</param>
    /// <param name="source">The bytes.</param>
    /// <param name="contexts">The context of each symbol, less than <see cref="RansModel.MaxContexts"/>.</param>
    /// <param name="symbols">As many symbols as contexts.</param>
    public static bool TryDecode(RansModel model, ReadOnlySpan<byte> source, ReadOnlySpan<byte> contexts, Span<byte> symbols)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(contexts.Length, symbols.Length);
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

    // Last symbol first, from the end of the destination towards its start: the reader then goes forwards.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Encode(ReadOnlySpan<EncodingSlot> slots, ReadOnlySpan<byte> symbols, ReadOnlySpan<byte> contexts, Span<byte> destination, Span<uint> states)
    {
        states.Fill(LowerBound);
        ref var slot = ref MemoryMarshal.GetReference(slots);
        ref var symbol = ref MemoryMarshal.GetReference(symbols);
        ref var context = ref MemoryMarshal.GetReference(contexts);
        ref var bytes = ref MemoryMarshal.GetReference(destination);
        nint position = destination.Length;
        nint i = symbols.Length;
        while (i % Lanes != 0)
        {
            i--;
            Put(ref Slot(ref slot, ref symbol, ref context, i), ref states[(int)(i % Lanes)], ref bytes, ref position);
        }

        var (x0, x1, x2, x3) = (states[0], states[1], states[2], states[3]);
        var (x4, x5, x6, x7) = (states[4], states[5], states[6], states[7]);
        while (i > 0)
        {
            i -= Lanes;
            Put(ref Slot(ref slot, ref symbol, ref context, i + 7), ref x7, ref bytes, ref position);
            Put(ref Slot(ref slot, ref symbol, ref context, i + 6), ref x6, ref bytes, ref position);
            Put(ref Slot(ref slot, ref symbol, ref context, i + 5), ref x5, ref bytes, ref position);
            Put(ref Slot(ref slot, ref symbol, ref context, i + 4), ref x4, ref bytes, ref position);
            Put(ref Slot(ref slot, ref symbol, ref context, i + 3), ref x3, ref bytes, ref position);
            Put(ref Slot(ref slot, ref symbol, ref context, i + 2), ref x2, ref bytes, ref position);
            Put(ref Slot(ref slot, ref symbol, ref context, i + 1), ref x1, ref bytes, ref position);
            Put(ref Slot(ref slot, ref symbol, ref context, i), ref x0, ref bytes, ref position);
        }

        (states[0], states[1], states[2], states[3]) = (x0, x1, x2, x3);
        (states[4], states[5], states[6], states[7]) = (x4, x5, x6, x7);
        return (int)position;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref EncodingSlot Slot(ref EncodingSlot slots, ref byte symbols, ref byte contexts, nint i) =>
        ref Unsafe.Add(ref slots, ((Unsafe.Add(ref contexts, i) % RansModel.MaxContexts) * RansModel.MaxSymbols) + (Unsafe.Add(ref symbols, i) % RansModel.MaxSymbols));

    // Two bytes are always written; what was not needed is written over.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(ref EncodingSlot slot, ref uint state, ref byte bytes, ref nint position)
    {
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref bytes, position - 2), Little((ushort)state));
        var renews = state > slot.Highest ? 1 : 0;
        position -= 2 * renews;
        var renewed = state >> (16 * renews);
        var quotient = (uint)Math.BigMul(slot.Reciprocal, renewed, out _);
        state = renewed + slot.Bias + (quotient * slot.Complement);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool Decode(ReadOnlySpan<uint> table, ReadOnlySpan<byte> source, ReadOnlySpan<byte> contexts, Span<byte> symbols)
    {
        Span<uint> states = stackalloc uint[Lanes];
        for (var lane = 0; lane < Lanes; lane++)
        {
            states[lane] = BinaryPrimitives.ReadUInt32LittleEndian(source[(4 * lane)..]);
        }

        var words = source[(4 * Lanes)..];
        ref var entry = ref MemoryMarshal.GetReference(table);
        ref var context = ref MemoryMarshal.GetReference(contexts);
        ref var symbol = ref MemoryMarshal.GetReference(symbols);
        ref var bytes = ref MemoryMarshal.GetReference(words);
        nint position = 0;
        nint i = 0;
        var (x0, x1, x2, x3) = (states[0], states[1], states[2], states[3]);
        var (x4, x5, x6, x7) = (states[4], states[5], states[6], states[7]);
        for (; i <= symbols.Length - Lanes && position <= words.Length - (2 * Lanes); i += Lanes)
        {
            Unsafe.Add(ref symbol, i) = Take(ref entry, Unsafe.Add(ref context, i), ref x0, ref bytes, ref position);
            Unsafe.Add(ref symbol, i + 1) = Take(ref entry, Unsafe.Add(ref context, i + 1), ref x1, ref bytes, ref position);
            Unsafe.Add(ref symbol, i + 2) = Take(ref entry, Unsafe.Add(ref context, i + 2), ref x2, ref bytes, ref position);
            Unsafe.Add(ref symbol, i + 3) = Take(ref entry, Unsafe.Add(ref context, i + 3), ref x3, ref bytes, ref position);
            Unsafe.Add(ref symbol, i + 4) = Take(ref entry, Unsafe.Add(ref context, i + 4), ref x4, ref bytes, ref position);
            Unsafe.Add(ref symbol, i + 5) = Take(ref entry, Unsafe.Add(ref context, i + 5), ref x5, ref bytes, ref position);
            Unsafe.Add(ref symbol, i + 6) = Take(ref entry, Unsafe.Add(ref context, i + 6), ref x6, ref bytes, ref position);
            Unsafe.Add(ref symbol, i + 7) = Take(ref entry, Unsafe.Add(ref context, i + 7), ref x7, ref bytes, ref position);
        }

        (states[0], states[1], states[2], states[3]) = (x0, x1, x2, x3);
        (states[4], states[5], states[6], states[7]) = (x4, x5, x6, x7);
        return DecodeRest(table, words, contexts, symbols, states, (int)i, (int)position);
    }

    // The last symbols, one by one: words may run out among them.
    private static bool DecodeRest(
        ReadOnlySpan<uint> table,
        ReadOnlySpan<byte> words,
        ReadOnlySpan<byte> contexts,
        Span<byte> symbols,
        Span<uint> states,
        int start,
        int position)
    {
        for (var i = start; i < symbols.Length; i++)
        {
            ref var state = ref states[i % Lanes];
            var entry = table[((contexts[i] % RansModel.MaxContexts) << ScaleBits) + (int)(state & SlotMask)];
            symbols[i] = (byte)(entry & 0x7F);
            state = ((entry >> 19) * (state >> ScaleBits)) + ((entry >> 7) & SlotMask);
            if (state < LowerBound && words.Length - position >= 2)
            {
                state = (state << 16) | BinaryPrimitives.ReadUInt16LittleEndian(words[position..]);
                position += 2;
            }
        }

        return position == words.Length && states.IndexOfAnyExcept(LowerBound) < 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte Take(ref uint table, byte context, ref uint state, ref byte bytes, ref nint position)
    {
        var entry = Unsafe.Add(ref table, ((context % RansModel.MaxContexts) << ScaleBits) + (int)(state & SlotMask));
        var next = ((entry >> 19) * (state >> ScaleBits)) + ((entry >> 7) & SlotMask);
        var word = Little(Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref bytes, position)));
        var renews = next < LowerBound ? 1 : 0;
        position += 2 * renews;
        state = (next << (16 * renews)) | (uint)(word & -renews);
        return (byte)(entry & 0x7F);
    }

    private static ushort Little(ushort word) => BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word);

    // A state's next value is state / frequency * Scale + state % frequency + start, which is state + start + state / frequency * (Scale - frequency).
    private static void FillSlots(RansModel model, Span<EncodingSlot> slots)
    {
        for (var context = 0; context < RansModel.MaxContexts; context++)
        {
            uint start = 0;
            var frequencies = model.Frequencies(context);
            for (var symbol = 0; symbol < frequencies.Length; symbol++)
            {
                uint frequency = frequencies[symbol];
                slots[(context * RansModel.MaxSymbols) + symbol] = new EncodingSlot(
                    Reciprocals[frequency],
                    (uint)(((ulong)frequency << (32 - ScaleBits)) - 1),
                    frequency == 1 ? start + SlotMask : start,
                    Scale - frequency);
                start += frequency;
            }
        }
    }

    // For each part of each context: the frequency (13 bits), the part's place within its symbol (12), the symbol (7). A context that does not occur
    // gets zeros: a state that meets it becomes zero, and is told at the end.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FillTable(RansModel model, Span<uint> table)
    {
        for (var context = 0; context < RansModel.MaxContexts; context++)
        {
            var row = table.Slice(context << ScaleBits, 1 << ScaleBits);
            var frequencies = model.Frequencies(context);
            for (var symbol = 0; symbol < frequencies.Length; symbol++)
            {
                int frequency = frequencies[symbol];
                var next = ((uint)frequency << 19) | (uint)symbol;
                foreach (ref var part in row[..frequency])
                {
                    part = next;
                    next += 1 << 7;
                }

                row = row[frequency..];
            }

            row.Clear();
        }
    }

    // Of one, that is a bit too long; with the largest number instead the quotient is one too small, which the slot's bias makes up for.
    private static ulong[] MakeReciprocals()
    {
        var reciprocals = new ulong[Scale + 1];
        reciprocals[1] = ulong.MaxValue;
        for (uint frequency = 2; frequency <= Scale; frequency++)
        {
            reciprocals[frequency] = (ulong.MaxValue / frequency) + 1;
        }

        return reciprocals;
    }

    /// <summary>What it takes to encode a symbol in a context.</summary>
    /// <param name="Reciprocal">See <see cref="Reciprocals"/>.</param>
    /// <param name="Highest">A state above this is renewed first.</param>
    /// <param name="Bias">Where the symbol's parts begin; for a frequency of one also what its reciprocal lacks.</param>
    /// <param name="Complement">The parts of all other symbols.</param>
    private readonly record struct EncodingSlot(ulong Reciprocal, uint Highest, uint Bias, uint Complement);
}
