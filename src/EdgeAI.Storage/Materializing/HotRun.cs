namespace EdgeAI.Storage.Materializing;

/// <summary>What is written to a hot file at once, and checked at once: parts that stand one after another, with zeros between them. At most one chunk longer than <see cref="Enough"/>.</summary>
/// <param name="Offset">Where it begins in the file.</param>
/// <param name="Length">How long it is.</param>
/// <param name="Parts">What it is made of, in order.</param>
internal sealed record HotRun(long Offset, int Length, IReadOnlyList<HotPart> Parts)
{
    // What fits a core's own cache is decoded, hashed and written without a way through memory.
    private const int Enough = 1 << 20;

    /// <summary>Gathers parts into runs; each ends with the part that makes it long enough.</summary>
    /// <param name="parts">All parts of a file, in its order.</param>
    public static IEnumerable<HotRun> Gather(IEnumerable<HotPart> parts)
    {
        var gathered = new List<HotPart>();
        foreach (var part in parts)
        {
            gathered.Add(part);
            if (LengthOf(gathered) >= Enough)
            {
                yield return Make(gathered);
                gathered = [];
            }
        }

        if (gathered.Count > 0)
        {
            yield return Make(gathered);
        }
    }

    private static HotRun Make(List<HotPart> parts) => new(parts[0].Offset, LengthOf(parts), parts);

    private static int LengthOf(List<HotPart> parts) => (int)(parts[^1].Offset + parts[^1].Length - parts[0].Offset);
}
