using System.Runtime.CompilerServices;

namespace EdgeAI.Storage.Chunking;

/// <summary>
/// Says where bytes that no parser knows are cut: at places that the content itself marks, so that bytes inserted or removed change the chunks
/// around them only. Source: FastCDC, Xia et al., "The Design of Fast Content-Defined Chunking for Data Deduplication Based Storage
/// Systems", IEEE TPDS 31 (2020), with normalised chunking of level 2.
/// </summary>
internal static class ContentCutter
{
    /// <summary>No chunk but a run's last is shorter.</summary>
    public const int MinLength = 16 << 10;

    /// <summary>About how long chunks are.</summary>
    public const int AverageLength = 64 << 10;

    /// <summary>No chunk is longer.</summary>
    public const int MaxLength = 256 << 10;

    // Before the average length a cut needs two bits more than log2 of it, after it two bits fewer: lengths gather around the average.
    // The highest bits depend on the last 64 bytes, the lowest on the last one only.
    private const ulong MaskBeforeAverage = ulong.MaxValue << (64 - 18);
    private const ulong MaskAfterAverage = ulong.MaxValue << (64 - 14);

    // The table decides where stored content was cut. With another one the same content would be cut, and stored, anew.
    private const ulong GearSeed = 0x4564_6765_4149_0001;

    private static readonly ulong[] Gear = MakeGear();

    /// <summary>A rolling hash one byte on: of the last 64 bytes, of which the highest bits depend on all.</summary>
    public static ulong Roll(ulong hash, byte entering) => (hash << 1) + Gear[entering];

    /// <summary>Finds the first cut.</summary>
    /// <param name="window">Bytes from the last cut on: at least <see cref="MaxLength"/> of them, or all that are left.</param>
    /// <returns>The length of the first chunk.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int FindCut(ReadOnlySpan<byte> window)
    {
        if (window.Length <= MinLength)
        {
            return window.Length;
        }

        var end = Math.Min(window.Length, MaxLength);
        var average = Math.Min(end, AverageLength);
        var (hash, position) = (0UL, MinLength);
        for (; position < average; position++)
        {
            hash = (hash << 1) + Gear[window[position]];
            if ((hash & MaskBeforeAverage) == 0)
            {
                return position + 1;
            }
        }

        for (; position < end; position++)
        {
            hash = (hash << 1) + Gear[window[position]];
            if ((hash & MaskAfterAverage) == 0)
            {
                return position + 1;
            }
        }

        return end;
    }

    // SplitMix64: Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.
    private static ulong[] MakeGear()
    {
        var gear = new ulong[256];
        var state = GearSeed;
        for (var i = 0; i < gear.Length; i++)
        {
            var mixed = state += 0x9E37_79B9_7F4A_7C15;
            mixed = (mixed ^ (mixed >> 30)) * 0xBF58_476D_1CE4_E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D0_49BB_1331_11EB;
            gear[i] = mixed ^ (mixed >> 31);
        }

        return gear;
    }
}
