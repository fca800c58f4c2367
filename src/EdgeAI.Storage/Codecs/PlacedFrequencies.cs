using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using EdgeAI.Storage.Codecs.Entropy;

namespace EdgeAI.Storage.Codecs;

/// <summary>
/// Codes bytes by frequencies that differ from place to place: blocks of a quantised format have scales beside numbers, floats of an unknown file have exponents at every fourth byte, and rows of weights have scales
/// of their own. Which places are alike is searched for, which takes time; reading back is as fast as with one set of frequencies.
/// </summary>
/// <remarks>Stored: how cells lie (0 columns, 1 runs), their length (2 bytes, little-endian), the number of contexts, the context of each cell (half a byte each), the model, the symbols.</remarks>
internal static class PlacedFrequencies
{
    private const int HeaderLength = 4;
    private const int Symbols = 256;
    private const int SampleLength = 1 << 16;

    // What a sample saves must be more than chance brings.
    private const double SamplePays = 0.997;

    // Structures of numbers, and the blocks of GGUF's types: Q4_0 has 18 bytes, Q4_1 20, Q5_0 22, Q5_1 24, Q8_0 34, Q8_1 36; Q2_K 84, Q3_K 110, Q4_K 144, Q5_K 176, Q6_K 210.
    private static readonly int[] Columns = [2, 3, 4, 6, 8, 12, 16, 18, 20, 22, 24, 32, 34, 36, 48, 64, 84, 110, 144, 176, 210];

    /// <summary>Encodes bytes.</summary>
    /// <param name="plane">The bytes.</param>
    /// <param name="limit">It must be shorter than this.</param>
    /// <param name="encoded">At least <paramref name="limit"/> bytes.</param>
    /// <returns>How many bytes were written; 0 when it is not shorter.</returns>
    public static int Encode(ReadOnlySpan<byte> plane, int limit, Span<byte> encoded)
    {
        if (Choose(plane) is not var (layout, groups) || groups.Count < 2 || groups.Bits / 8 >= limit)
        {
            return 0;
        }

        var contextCount = (int)BitOperations.RoundUpToPowerOf2((uint)groups.Count);
        var contexts = ArrayPool<byte>.Shared.Rent(plane.Length);
        var buffer = ArrayPool<byte>.Shared.Rent(RansModel.MaxLength(contextCount, Symbols) + RansCoder.MaxLength(plane.Length));
        try
        {
            layout.Spread(groups.Of, contexts.AsSpan(0, plane.Length));
            var model = RansModel.Of(plane, contexts.AsSpan(0, plane.Length), contextCount, Symbols);
            var body = model.Write(buffer);
            body += RansCoder.Encode(model, plane, contexts.AsSpan(0, plane.Length), buffer.AsSpan(body));
            var start = HeaderLength + ((groups.Of.Length + 1) / 2);
            if (start + body >= limit)
            {
                return 0;
            }

            WriteHeader(layout, groups.Of, contextCount, encoded);
            buffer.AsSpan(0, body).CopyTo(encoded[start..]);
            return start + body;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(contexts);
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Decodes untrusted bytes; false when they are not what <see cref="Encode"/> writes for so many bytes.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> stored, Span<byte> plane)
    {
        if (stored.Length < HeaderLength || stored[0] > 1 || stored[3] is 0 or > CellGroups.Max || !BitOperations.IsPow2(stored[3]))
        {
            return false;
        }

        var layout = new PlaceLayout(stored[0] == 0, BinaryPrimitives.ReadUInt16LittleEndian(stored[1..]));
        var cells = layout.Length == 0 ? 0 : layout.Count(plane.Length);
        var start = HeaderLength + ((cells + 1) / 2);
        if (cells is 0 or > PlaceLayout.MaxCells || stored.Length < start)
        {
            return false;
        }

        var of = new byte[cells];
        for (var cell = 0; cell < cells; cell++)
        {
            of[cell] = (byte)((stored[HeaderLength + (cell / 2)] >> (4 * (cell % 2))) & 15);
            if (of[cell] >= stored[3])
            {
                return false;
            }
        }

        var contexts = ArrayPool<byte>.Shared.Rent(plane.Length);
        try
        {
            layout.Spread(of, contexts.AsSpan(0, plane.Length));
            return RansModel.TryRead(stored[start..], stored[3], Symbols, out var length) is { } model
                && RansCoder.TryDecode(model, stored[(start + length)..], contexts.AsSpan(0, plane.Length), plane);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(contexts);
        }
    }

    private static void WriteHeader(PlaceLayout layout, byte[] of, int contexts, Span<byte> encoded)
    {
        encoded[0] = layout.IsColumns ? (byte)0 : (byte)1;
        BinaryPrimitives.WriteUInt16LittleEndian(encoded[1..], (ushort)layout.Length);
        encoded[3] = (byte)contexts;
        var cells = encoded.Slice(HeaderLength, (of.Length + 1) / 2);
        cells.Clear();
        for (var cell = 0; cell < of.Length; cell++)
        {
            cells[cell / 2] |= (byte)(of[cell] << (4 * (cell % 2)));
        }
    }

    // On a sample first: most planes are noise, and take no longer than that.
    private static (PlaceLayout Layout, CellGroups Groups)? Choose(ReadOnlySpan<byte> plane)
    {
        var sample = plane.Slice((plane.Length - Math.Min(plane.Length, SampleLength)) / 2, Math.Min(plane.Length, SampleLength));
        var alone = Math.Min(8, ByteEntropy.BitsPerByte(sample)) * sample.Length;
        var best = List(sample.Length).Select(layout => (Layout: layout, Bits: 0.0)).ToArray();
        for (var i = 0; i < best.Length; i++)
        {
            best[i].Bits = Group(sample, best[i].Layout).Bits;
        }

        Array.Sort(best, (a, b) => a.Bits.CompareTo(b.Bits));
        if (best.Length == 0 || best[0].Bits >= SamplePays * alone)
        {
            return null;
        }

        (PlaceLayout Layout, CellGroups Groups)? chosen = null;
        var length = plane.Length;
        foreach (var layout in best.Take(3).Select(found => found.Layout).Where(layout => layout.Count(length) <= PlaceLayout.MaxCells))
        {
            var groups = Group(plane, layout);
            chosen = chosen is { } other && other.Groups.Bits <= groups.Bits ? chosen : (layout, groups);
        }

        return chosen;
    }

    private static IEnumerable<PlaceLayout> List(int length)
    {
        foreach (var columns in Columns.Where(columns => columns < length))
        {
            yield return new PlaceLayout(true, columns);
        }

        for (var run = 128; run <= 8192 && run < length; run *= 2)
        {
            yield return new PlaceLayout(false, run);
        }
    }

    private static CellGroups Group(ReadOnlySpan<byte> bytes, PlaceLayout layout)
    {
        var cells = layout.Count(bytes.Length);
        var counts = ArrayPool<float>.Shared.Rent(cells * Symbols);
        try
        {
            counts.AsSpan(0, cells * Symbols).Clear();
            layout.AddTo(bytes, counts);
            return CellGroups.Find(counts.AsSpan(0, cells * Symbols), cells);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(counts);
        }
    }
}
