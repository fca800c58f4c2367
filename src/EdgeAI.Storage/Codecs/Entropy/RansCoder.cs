using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EdgeAI.Storage.Codecs.Entropy;

/// <summary>
/// A range asymmetric numeral system over symbols with known contexts: interleaved states of 32 bits, renewed 16 bits at a time. Source: J. Duda,
/// "Asymmetric numeral systems", 2013; the interleaving after F. Giesen, "Interleaved entropy coders", 2014.
/// </summary>
/// <remarks>
/// Stored, little-endian: which states are not the lowest (a bit each, 4 bytes), those states, then the words in the order in which they are read. A state is renewed without a branch, since none could be predicted. There are
/// so many states that vectors of them hide each other's table look-ups. Lengths are checked before the loops; within them memory is reached without checks.
/// </remarks>
internal static class RansCoder
{
    private const int Lanes = 32;
    private const int MaxStatesLength = sizeof(uint) + (Lanes * sizeof(uint));
    private const uint LowerBound = 1u << 16;
    private const int ScaleBits = RansModel.ScaleBits;
    private const uint Scale = 1u << ScaleBits;
    private const uint SlotMask = Scale - 1;

    // How far the words of one symbol a lane reach.
    private const int Stride = Lanes * sizeof(ushort);

    // For each set of lanes of a vector that take a word: which word each lane takes.
    private static readonly uint[] Spread = MakeSpread();

    // For each set of lanes of a vector that give a word: from which lane each word comes, the last lane's last.
    private static readonly uint[] Gathered = MakeGathered();

    /// <summary>The longest that symbols can become.</summary>
    public static int MaxLength(int symbols) => (sizeof(ushort) * symbols) + MaxStatesLength;

    /// <summary>Encodes symbols.</summary>
    /// <param name="model">A model in which every symbol occurs in its context.</param>
    /// <param name="symbols">The symbols.</param>
    /// <param name="contexts">The context of each; empty where the model has one.</param>
    /// <param name="destination">At least <see cref="MaxLength"/> bytes.</param>
    /// <returns>How many bytes were written.</returns>
    public static int Encode(RansModel model, ReadOnlySpan<byte> symbols, ReadOnlySpan<byte> contexts, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, MaxLength(symbols.Length));
        RequireContexts(model, symbols.Length, contexts);
        var slots = ArrayPool<uint>.Shared.Rent(model.Contexts * model.Symbols);
        try
        {
            FillSlots(model, slots);
            Span<uint> states = stackalloc uint[Lanes];
            states.Fill(LowerBound);

            // Last symbol first, from the end of the destination towards its start: the reader then goes forwards.
            var (left, position) = (symbols.Length, destination.Length);
            EncodeScalars(slots, model, symbols, contexts, destination, states, symbols.Length % Lanes, ref left, ref position);
            if (Avx2.IsSupported)
            {
                EncodeVectors(slots, model, symbols, contexts, destination, states, ref left, ref position);
            }
            else
            {
                EncodeScalars(slots, model, symbols, contexts, destination, states, left, ref left, ref position);
            }

            WriteStates(states, destination, ref position);
            destination[position..].CopyTo(destination);
            return destination.Length - position;
        }
        finally
        {
            ArrayPool<uint>.Shared.Return(slots);
        }
    }

    /// <summary>Decodes untrusted bytes. Damage gives wrong symbols, or false; it never reads or writes elsewhere.</summary>
    /// <param name="model">The model that the bytes were written with.</param>
    /// <param name="source">The bytes.</param>
    /// <param name="contexts">The context of each symbol; empty where the model has one.</param>
    /// <param name="symbols">The symbols to find.</param>
    public static bool TryDecode(RansModel model, ReadOnlySpan<byte> source, ReadOnlySpan<byte> contexts, Span<byte> symbols)
    {
        RequireContexts(model, symbols.Length, contexts);
        Span<uint> states = stackalloc uint[Lanes];
        if (!TryReadStates(ref source, states))
        {
            return false;
        }

        var table = ArrayPool<uint>.Shared.Rent(model.Contexts << ScaleBits);
        try
        {
            FillTable(model, table);
            return Decode(table, (byte)(model.Contexts - 1), source, contexts, symbols, states);
        }
        finally
        {
            ArrayPool<uint>.Shared.Return(table);
        }
    }

    // What is no context of the model is masked into one, so that a table is never left; this says so for a power of two alone.
    private static void RequireContexts(RansModel model, int symbols, ReadOnlySpan<byte> contexts)
    {
        if (contexts.IsEmpty ? model.Contexts > 1 && symbols > 0 : contexts.Length < symbols)
        {
            throw new ArgumentException("A context is missing.", nameof(contexts));
        }
    }

    /// <summary>Encodes the last symbols of those that are left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void EncodeScalars(
        ReadOnlySpan<uint> slots,
        RansModel model,
        ReadOnlySpan<byte> symbols,
        ReadOnlySpan<byte> contexts,
        Span<byte> destination,
        Span<uint> states,
        int count,
        ref int left,
        ref int position)
    {
        var (rows, columns) = (model.Contexts - 1, model.Symbols - 1);
        for (var end = left - count; left > end;)
        {
            left--;
            ref var state = ref states[left % Lanes];
            var row = rows > 0 ? (contexts[left] & rows) * (columns + 1) : 0;
            var slot = slots[row + (symbols[left] & columns)];
            var frequency = slot & 0xFFFF;

            // Two bytes are always written; what was not needed is written over.
            BinaryPrimitives.WriteUInt16LittleEndian(destination[(position - sizeof(ushort))..], (ushort)state);
            var renews = state >> (32 - ScaleBits) >= frequency ? 1 : 0;
            position -= sizeof(ushort) * renews;
            var (quotient, remainder) = Math.DivRem(state >> (16 * renews), frequency);
            state = (quotient << ScaleBits) + remainder + (slot >> 16);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void EncodeVectors(
        ReadOnlySpan<uint> slots,
        RansModel model,
        ReadOnlySpan<byte> symbols,
        ReadOnlySpan<byte> contexts,
        Span<byte> destination,
        Span<uint> states,
        ref int left,
        ref int position)
    {
        var (i, at) = (left, position);
        var (rows, columns, shift) = (Vector256.Create((uint)model.Contexts - 1), Vector256.Create((uint)model.Symbols - 1), BitOperations.Log2((uint)model.Symbols));
        var hasContexts = model.Contexts > 1;
        fixed (uint* slot = slots, gathered = Gathered, state = states)
        fixed (byte* byteAt = destination, context = contexts, symbol = symbols)
        {
            var (x0, x1, x2, x3) = (Vector256.Load(state), Vector256.Load(state + 8), Vector256.Load(state + 16), Vector256.Load(state + 24));
            while (i > 0)
            {
                i -= Lanes;
                var columns0 = Avx2.ConvertToVector256Int32(symbol + i).AsUInt32() & columns;
                var columns1 = Avx2.ConvertToVector256Int32(symbol + i + 8).AsUInt32() & columns;
                var columns2 = Avx2.ConvertToVector256Int32(symbol + i + 16).AsUInt32() & columns;
                var columns3 = Avx2.ConvertToVector256Int32(symbol + i + 24).AsUInt32() & columns;
                if (hasContexts)
                {
                    columns0 |= (Avx2.ConvertToVector256Int32(context + i).AsUInt32() & rows) << shift;
                    columns1 |= (Avx2.ConvertToVector256Int32(context + i + 8).AsUInt32() & rows) << shift;
                    columns2 |= (Avx2.ConvertToVector256Int32(context + i + 16).AsUInt32() & rows) << shift;
                    columns3 |= (Avx2.ConvertToVector256Int32(context + i + 24).AsUInt32() & rows) << shift;
                }

                x3 = Put(slot, columns3, x3, gathered, byteAt, ref at);
                x2 = Put(slot, columns2, x2, gathered, byteAt, ref at);
                x1 = Put(slot, columns1, x1, gathered, byteAt, ref at);
                x0 = Put(slot, columns0, x0, gathered, byteAt, ref at);
            }

            x0.Store(state);
            x1.Store(state + 8);
            x2.Store(state + 16);
            x3.Store(state + 24);
        }

        (left, position) = (i, at);
    }

    // A renewed state over its frequency is less than 2^20: a division of floats misses it by one at most, which the remainder tells.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector256<uint> Put(uint* slots, Vector256<uint> places, Vector256<uint> state, uint* gathered, byte* bytes, ref int position)
    {
        var slot = Avx2.GatherVector256(slots, places.AsInt32(), sizeof(uint));
        var frequency = (slot & Vector256.Create(0xFFFFu)).AsInt32();
        var renews = Vector256.GreaterThanOrEqual((state >>> (32 - ScaleBits)).AsInt32(), frequency).AsUInt32();
        var lanes = renews.ExtractMostSignificantBits();
        var words = Avx2.PermuteVar8x32(state & Vector256.Create(0xFFFFu), Vector256.Load(gathered + (8 * lanes)));
        Vector128.Narrow(words.GetLower(), words.GetUpper()).Store((ushort*)(bytes + position - Vector128<byte>.Count));
        position -= sizeof(ushort) * BitOperations.PopCount(lanes);
        var renewed = Vector256.ConditionalSelect(renews, state >>> 16, state);
        var (high, low) = ((renewed >>> 16).AsInt32(), (renewed & Vector256.Create(0xFFFFu)).AsInt32());
        var number = (Vector256.ConvertToSingle(high) * Vector256.Create(65536f)) + Vector256.ConvertToSingle(low);
        var quotient = Vector256.ConvertToInt32(number / Vector256.ConvertToSingle(frequency));
        var remainder = renewed.AsInt32() - (quotient * frequency);
        var isTooLarge = Vector256.LessThan(remainder, Vector256<int>.Zero);
        quotient += isTooLarge;
        remainder += isTooLarge & frequency;
        var isTooSmall = Vector256.GreaterThanOrEqual(remainder, frequency);
        quotient -= isTooSmall;
        remainder -= isTooSmall & frequency;
        return (quotient << ScaleBits).AsUInt32() + remainder.AsUInt32() + (slot >>> 16);
    }

    // Of symbols that are each alone in their context nothing is left but their model.
    private static void WriteStates(ReadOnlySpan<uint> states, Span<byte> destination, ref int position)
    {
        uint others = 0;
        for (var lane = Lanes - 1; lane >= 0; lane--)
        {
            if (states[lane] != LowerBound)
            {
                others |= 1u << lane;
                position -= sizeof(uint);
                BinaryPrimitives.WriteUInt32LittleEndian(destination[position..], states[lane]);
            }
        }

        position -= sizeof(uint);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[position..], others);
    }

    private static bool TryReadStates(ref ReadOnlySpan<byte> source, scoped Span<uint> states)
    {
        if (!BinaryPrimitives.TryReadUInt32LittleEndian(source, out var others))
        {
            return false;
        }

        source = source[sizeof(uint)..];
        states.Fill(LowerBound);
        for (; others != 0; others &= others - 1)
        {
            if (!BinaryPrimitives.TryReadUInt32LittleEndian(source, out states[BitOperations.TrailingZeroCount(others)]))
            {
                return false;
            }

            source = source[sizeof(uint)..];
        }

        return true;
    }

    private static bool Decode(
        ReadOnlySpan<uint> table,
        byte contextMask,
        ReadOnlySpan<byte> words,
        ReadOnlySpan<byte> contexts,
        Span<byte> symbols,
        Span<uint> states)
    {
        // Where no word is left to read beyond, there may still be symbols that take none: the last words are read from a copy with room behind.
        var (done, position) = (0, 0);
        DecodeRuns(table, contextMask, words, contexts, symbols, states, ref done, ref position);
        var (left, lastPosition) = (words.Length - position, 0);
        if (left > Stride)
        {
            return false;
        }

        Span<byte> last = stackalloc byte[2 * Stride];
        last.Clear();
        words[position..].CopyTo(last);
        DecodeRuns(table, contextMask, last, contexts, symbols, states, ref done, ref lastPosition);
        if (lastPosition > left)
        {
            return false;
        }

        DecodeRest(table, contextMask, last, contexts, symbols, states, done, ref lastPosition);
        return lastPosition == left && states.IndexOfAnyExcept(LowerBound) < 0;
    }

    /// <summary>Decodes runs of a symbol a lane while there are words for a whole one.</summary>
    private static void DecodeRuns(
        ReadOnlySpan<uint> table,
        byte contextMask,
        ReadOnlySpan<byte> words,
        ReadOnlySpan<byte> contexts,
        Span<byte> symbols,
        Span<uint> states,
        ref int done,
        ref int position)
    {
        if (Avx2.IsSupported)
        {
            DecodeVectors(table, contextMask, words, contexts, symbols, states, ref done, ref position);
        }
        else
        {
            DecodeScalars(table, contextMask, words, contexts, symbols, states, ref done, ref position);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void DecodeVectors(
        ReadOnlySpan<uint> table,
        byte contextMask,
        ReadOnlySpan<byte> words,
        ReadOnlySpan<byte> contexts,
        Span<byte> symbols,
        Span<uint> states,
        ref int done,
        ref int position)
    {
        var (i, at) = (done, position);
        fixed (uint* entries = table, spread = Spread, state = states)
        fixed (byte* word = words, context = contexts, symbol = symbols)
        {
            var (x0, x1, x2, x3) = (Vector256.Load(state), Vector256.Load(state + 8), Vector256.Load(state + 16), Vector256.Load(state + 24));
            for (; i <= symbols.Length - Lanes && at <= words.Length - Stride; i += Lanes)
            {
                var (rows0, rows1, rows2, rows3) = (Vector256<uint>.Zero, Vector256<uint>.Zero, Vector256<uint>.Zero, Vector256<uint>.Zero);
                if (contextMask > 0)
                {
                    rows0 = RowsOf(context + i, contextMask);
                    rows1 = RowsOf(context + i + 8, contextMask);
                    rows2 = RowsOf(context + i + 16, contextMask);
                    rows3 = RowsOf(context + i + 24, contextMask);
                }

                var symbols0 = Take(entries, rows0, ref x0, spread, word, ref at);
                var symbols1 = Take(entries, rows1, ref x1, spread, word, ref at);
                var symbols2 = Take(entries, rows2, ref x2, spread, word, ref at);
                var symbols3 = Take(entries, rows3, ref x3, spread, word, ref at);
                Vector256.Narrow(Vector256.Narrow(symbols0, symbols1), Vector256.Narrow(symbols2, symbols3)).Store(symbol + i);
            }

            x0.Store(state);
            x1.Store(state + 8);
            x2.Store(state + 16);
            x3.Store(state + 24);
        }

        (done, position) = (i, at);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector256<uint> RowsOf(byte* contexts, byte mask) =>
        (Avx2.ConvertToVector256Int32(contexts).AsUInt32() & Vector256.Create((uint)mask)) << ScaleBits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector256<uint> Take(uint* table, Vector256<uint> rows, ref Vector256<uint> state, uint* spread, byte* words, ref int position)
    {
        var places = (state & Vector256.Create(SlotMask)) | rows;
        var entries = Avx2.GatherVector256(table, places.AsInt32(), sizeof(uint));
        var frequencies = (entries >>> 20) + Vector256<uint>.One;
        var next = (frequencies * (state >>> ScaleBits)) + ((entries >>> 8) & Vector256.Create(SlotMask));
        var renews = Vector256.Equals(next >>> 16, Vector256<uint>.Zero);
        var lanes = renews.ExtractMostSignificantBits();
        var read = Avx2.PermuteVar8x32(Avx2.ConvertToVector256Int32((ushort*)(words + position)).AsUInt32(), Vector256.Load(spread + (8 * lanes)));
        position += sizeof(ushort) * BitOperations.PopCount(lanes);
        state = Vector256.ConditionalSelect(renews, (next << 16) | read, next);
        return entries & Vector256.Create(0xFFu);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void DecodeScalars(
        ReadOnlySpan<uint> table,
        byte contextMask,
        ReadOnlySpan<byte> words,
        ReadOnlySpan<byte> contexts,
        Span<byte> symbols,
        Span<uint> states,
        ref int done,
        ref int position)
    {
        var (i, at) = (done, position);
        ref var entry = ref MemoryMarshal.GetReference(table);
        ref var state = ref MemoryMarshal.GetReference(states);
        ref var bytes = ref MemoryMarshal.GetReference(words);
        for (; i <= symbols.Length - Lanes && at <= words.Length - Stride; i += Lanes)
        {
            for (var lane = 0; lane < Lanes; lane++)
            {
                var row = contextMask > 0 ? (contexts[i + lane] & contextMask) << ScaleBits : 0;
                var current = Unsafe.Add(ref state, lane);
                var found = Unsafe.Add(ref entry, row + (int)(current & SlotMask));
                var next = (((found >> 20) + 1) * (current >> ScaleBits)) + ((found >> 8) & SlotMask);
                var word = Little(Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref bytes, at)));
                var renews = next < LowerBound ? 1 : 0;
                at += sizeof(ushort) * renews;
                Unsafe.Add(ref state, lane) = (next << (16 * renews)) | (uint)(word & -renews);
                symbols[i + lane] = (byte)found;
            }
        }

        (done, position) = (i, at);
    }

    // Fewer symbols than lanes.
    private static void DecodeRest(
        ReadOnlySpan<uint> table,
        byte contextMask,
        ReadOnlySpan<byte> words,
        ReadOnlySpan<byte> contexts,
        Span<byte> symbols,
        Span<uint> states,
        int done,
        ref int position)
    {
        for (var i = done; i < symbols.Length; i++)
        {
            ref var state = ref states[i % Lanes];
            var row = contextMask > 0 ? (contexts[i] & contextMask) << ScaleBits : 0;
            var entry = table[row + (int)(state & SlotMask)];
            symbols[i] = (byte)entry;
            state = (((entry >> 20) + 1) * (state >> ScaleBits)) + ((entry >> 8) & SlotMask);
            if (state < LowerBound && position <= words.Length - sizeof(ushort))
            {
                state = (state << 16) | BinaryPrimitives.ReadUInt16LittleEndian(words[position..]);
                position += sizeof(ushort);
            }
        }
    }

    private static ushort Little(ushort word) => BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word);

    // Where the symbol's parts begin in the upper half, its frequency in the lower.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FillSlots(RansModel model, Span<uint> slots)
    {
        for (var context = 0; context < model.Contexts; context++)
        {
            uint start = 0;
            var frequencies = model.Frequencies(context);
            for (var symbol = 0; symbol < frequencies.Length; symbol++)
            {
                slots[(context * model.Symbols) + symbol] = (start << 16) | frequencies[symbol];
                start += frequencies[symbol];
            }
        }
    }

    // For each part of each context: the frequency less one (12 bits), the part's place within its symbol (12), the symbol (8). A context that does not occur
    // is filled with zeros: a state that meets it becomes less than it may be at the end.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FillTable(RansModel model, Span<uint> table)
    {
        for (var context = 0; context < model.Contexts; context++)
        {
            var row = table.Slice(context << ScaleBits, (int)Scale);
            var frequencies = model.Frequencies(context);
            for (var symbol = 0; symbol < frequencies.Length; symbol++)
            {
                int frequency = frequencies[symbol];
                var next = ((uint)(frequency - 1) << 20) | (uint)symbol;
                foreach (ref var part in row[..frequency])
                {
                    part = next;
                    next += 1 << 8;
                }

                row = row[frequency..];
            }

            row.Clear();
        }
    }

    private static uint[] MakeSpread()
    {
        var spread = new uint[256 * 8];
        for (var lanes = 0; lanes < 256; lanes++)
        {
            uint word = 0;
            for (var lane = 0; lane < 8; lane++)
            {
                spread[(lanes * 8) + lane] = (lanes >> lane & 1) != 0 ? word++ : 0;
            }
        }

        return spread;
    }

    private static uint[] MakeGathered()
    {
        var gathered = new uint[256 * 8];
        for (var lanes = 0; lanes < 256; lanes++)
        {
            var word = 8 - BitOperations.PopCount((uint)lanes);
            for (uint lane = 0; lane < 8; lane++)
            {
                if ((lanes >> (int)lane & 1) != 0)
                {
                    gathered[(lanes * 8) + word++] = lane;
                }
            }
        }

        return gathered;
    }
}
