namespace EdgeAI.Storage.Codecs.Entropy;

/// <summary>How a run of bytes falls into cells: by columns, of which each takes every n-th byte, or by runs, of n bytes each.</summary>
/// <param name="IsColumns">Whether cells are columns.</param>
/// <param name="Length">How many columns there are, or how long a run is.</param>
internal readonly record struct PlaceLayout(bool IsColumns, int Length)
{
    /// <summary>The most cells that there are.</summary>
    public const int MaxCells = 4096;

    /// <summary>How many cells so many bytes have.</summary>
    public int Count(int bytes) => IsColumns ? Math.Min(Length, bytes) : (bytes + Length - 1) / Length;

    /// <summary>Counts how often each byte occurs in each cell.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="counts">256 a cell; added to.</param>
    public void AddTo(ReadOnlySpan<byte> bytes, Span<float> counts)
    {
        for (var start = 0; start < bytes.Length; start += Length)
        {
            var run = bytes.Slice(start, Math.Min(Length, bytes.Length - start));
            var cell = IsColumns ? 0 : start / Length;
            for (var i = 0; i < run.Length; i++)
            {
                counts[((IsColumns ? i : cell) << 8) + run[i]]++;
            }
        }
    }

    /// <summary>Says which context each byte is in, by that of its cell.</summary>
    public void Spread(ReadOnlySpan<byte> contextOfCell, Span<byte> contexts)
    {
        for (var start = 0; start < contexts.Length; start += Length)
        {
            var run = contexts.Slice(start, Math.Min(Length, contexts.Length - start));
            if (IsColumns)
            {
                contextOfCell[..run.Length].CopyTo(run);
            }
            else
            {
                run.Fill(contextOfCell[start / Length]);
            }
        }
    }
}
