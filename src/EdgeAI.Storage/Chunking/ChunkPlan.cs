namespace EdgeAI.Storage.Chunking;

/// <summary>
/// Where a file is cut: at the beginning and end of every large tensor, and into fixed lengths between. A tensor makes the same chunks
/// whatever stands before it, in whatever file.
/// </summary>
internal sealed class ChunkPlan
{
    /// <summary>The longest chunk.</summary>
    public const int MaxLength = 1 << 20;

    private readonly List<long> _boundaries;

    /// <summary>Plans the cuts of a file.</summary>
    /// <param name="length">The file's length.</param>
    /// <param name="tensors">Where its tensors lie; they may overlap, and must lie within the file.</param>
    public ChunkPlan(long length, IEnumerable<(long Offset, long Length)> tensors)
    {
        var boundaries = new SortedSet<long> { 0, length };
        foreach (var (offset, size) in tensors)
        {
            boundaries.Add(offset);
            boundaries.Add(offset + size);
        }

        _boundaries = [.. boundaries];
    }

    /// <summary>The lengths of the chunks, in the file's order.</summary>
    public IEnumerable<int> Lengths()
    {
        for (var i = 1; i < _boundaries.Count; i++)
        {
            for (var left = _boundaries[i] - _boundaries[i - 1]; left > 0; left -= MaxLength)
            {
                yield return (int)Math.Min(left, MaxLength);
            }
        }
    }
}
