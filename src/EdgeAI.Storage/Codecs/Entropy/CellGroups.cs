using System.Buffers;
using System.Numerics.Tensors;

namespace EdgeAI.Storage.Codecs.Entropy;

/// <summary>Cells whose bytes are distributed alike, together: at most 16 groups, each of which is worth its own frequencies.</summary>
/// <param name="Of">The group of each cell.</param>
/// <param name="Count">How many groups there are.</param>
/// <param name="Bits">About how many bits it all takes, frequencies and groups included.</param>
internal sealed record CellGroups(byte[] Of, int Count, double Bits)
{
    /// <summary>The most groups that there are.</summary>
    public const int Max = 16;

    private const int Symbols = 256;
    private const int Rounds = 3;

    // What a symbol's frequency takes in a model.
    private const int BitsPerFrequency = 12;

    // A symbol that a group has not is not impossible, only dear.
    private const float Unseen = 0.02f;

    /// <summary>Finds groups.</summary>
    /// <param name="counts">How often each byte occurs in each cell, 256 a cell.</param>
    /// <param name="cells">How many cells there are.</param>
    public static CellGroups Find(ReadOnlySpan<float> counts, int cells)
    {
        var of = Begin(counts, cells);
        var groups = new float[Max * Symbols];
        var costs = ArrayPool<float>.Shared.Rent(Max * Symbols);
        try
        {
            for (var round = 0; round < Rounds; round++)
            {
                Sum(counts, of, groups);
                FindCosts(groups, costs);
                for (var cell = 0; cell < cells; cell++)
                {
                    of[cell] = Nearest(counts.Slice(cell * Symbols, Symbols), costs);
                }
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(costs);
        }

        Sum(counts, of, groups);
        return Merge(of, groups);
    }

    // By how much there is to each cell's bytes: what is alike in that is most often alike.
    private static byte[] Begin(ReadOnlySpan<float> counts, int cells)
    {
        var bits = new double[cells];
        var order = new int[cells];
        for (var cell = 0; cell < cells; cell++)
        {
            var row = counts.Slice(cell * Symbols, Symbols);
            bits[cell] = BitsOf(row) / Math.Max(1, TensorPrimitives.Sum(row));
            order[cell] = cell;
        }

        Array.Sort(bits, order);
        var of = new byte[cells];
        for (var rank = 0; rank < cells; rank++)
        {
            of[order[rank]] = (byte)((long)rank * Math.Min(Max, cells) / cells);
        }

        return of;
    }

    private static void Sum(ReadOnlySpan<float> counts, byte[] of, Span<float> groups)
    {
        groups.Clear();
        for (var cell = 0; cell < of.Length; cell++)
        {
            var group = groups.Slice(of[cell] * Symbols, Symbols);
            TensorPrimitives.Add(group, counts.Slice(cell * Symbols, Symbols), group);
        }
    }

    private static void FindCosts(ReadOnlySpan<float> groups, Span<float> costs)
    {
        for (var group = 0; group < Max; group++)
        {
            var row = groups.Slice(group * Symbols, Symbols);
            var cost = costs.Slice(group * Symbols, Symbols);
            TensorPrimitives.Add(row, Unseen, cost);
            TensorPrimitives.Divide(cost, TensorPrimitives.Sum<float>(cost), cost);
            TensorPrimitives.Log2(cost, cost);
            TensorPrimitives.Negate(cost, cost);
        }
    }

    private static byte Nearest(ReadOnlySpan<float> cell, ReadOnlySpan<float> costs)
    {
        var (best, least) = (0, float.MaxValue);
        for (var group = 0; group < Max; group++)
        {
            var cost = TensorPrimitives.Dot(cell, costs.Slice(group * Symbols, Symbols));
            if (cost < least)
            {
                (best, least) = (group, cost);
            }
        }

        return (byte)best;
    }

    // Two groups become one for as long as their frequencies take more than telling them apart saves.
    private static CellGroups Merge(byte[] of, float[] groups)
    {
        var left = Enumerable.Range(0, Max).Where(group => TensorPrimitives.Sum<float>(groups.AsSpan(group * Symbols, Symbols)) > 0).ToList();
        var bits = left.ToDictionary(group => group, group => CostOf(groups.AsSpan(group * Symbols, Symbols)));
        var joined = new float[Symbols];
        while (left.Count > 1)
        {
            var best = (Gain: 0.0, Into: -1, From: -1);
            foreach (var into in left)
            {
                foreach (var from in left.Where(from => from > into))
                {
                    TensorPrimitives.Add<float>(groups.AsSpan(into * Symbols, Symbols), groups.AsSpan(from * Symbols, Symbols), joined);
                    var gain = bits[into] + bits[from] - CostOf(joined);
                    best = gain > best.Gain ? (gain, into, from) : best;
                }
            }

            if (best.Into < 0)
            {
                break;
            }

            var row = groups.AsSpan(best.Into * Symbols, Symbols);
            TensorPrimitives.Add(row, groups.AsSpan(best.From * Symbols, Symbols), row);
            bits[best.Into] = CostOf(row);
            left.Remove(best.From);
            of.AsSpan().Replace((byte)best.From, (byte)best.Into);
        }

        for (var i = 0; i < of.Length; i++)
        {
            of[i] = (byte)left.IndexOf(of[i]);
        }

        return new CellGroups(of, left.Count, left.Sum(group => bits[group]) + (4.0 * of.Length));
    }

    private static double CostOf(ReadOnlySpan<float> counts)
    {
        var used = Symbols - counts.Count(0f);
        return BitsOf(counts) + (used * BitsPerFrequency);
    }

    private static double BitsOf(ReadOnlySpan<float> counts)
    {
        var total = TensorPrimitives.Sum(counts);
        var bits = 0.0;
        foreach (var count in counts)
        {
            bits -= count > 0 ? count * Math.Log2(count / total) : 0;
        }

        return bits;
    }
}
