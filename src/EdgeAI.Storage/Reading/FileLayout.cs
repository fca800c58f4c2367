using EdgeAI.Models;

namespace EdgeAI.Storage.Reading;

/// <summary>How a file is put together from its chunks: those of its tensors stand in it whole, its residue fills the gaps. Immutable.</summary>
internal sealed class FileLayout
{
    private readonly List<FilePiece> _pieces = [];
    private readonly int _firstOfResidue;

    /// <param name="file">A file of a manifest that has been read, and so checked with <see cref="FindProblem"/>.</param>
    public FileLayout(ModelFile file)
    {
        File = file;
        _firstOfResidue = FindResidue(file) ?? throw new ArgumentException("The gaps are not those of a file.", nameof(file));
        Place();
    }

    public ModelFile File { get; }

    /// <summary>All of the file, in order.</summary>
    public IReadOnlyList<FilePiece> Pieces => _pieces;

    /// <summary>The chunks that hold what is no large tensor. A file of no gaps is all tensor, or nothing is known of what it is.</summary>
    public static IEnumerable<ChunkReference> ResidueOf(ModelFile file) =>
        file.Gaps.Count == 0 && file.Tensors.Count == 0 ? file.Chunks : file.Chunks.Skip(FindResidue(file) ?? 0);

    /// <summary>What is wrong with a file's gaps, whose chunks add up to its length; null when nothing is.</summary>
    public static string? FindProblem(ModelFile file)
    {
        // Each gap but the first stands after a chunk: there are not many more of them than chunks, and they can't overlap.
        for (var i = 0; i < file.Gaps.Count; i++)
        {
            if (file.Gaps[i].Length <= 0 || file.Gaps[i].Length > file.Length || file.Gaps[i].Chunks < (i == 0 ? 0 : 1))
            {
                return "are impossible";
            }
        }

        return FindResidue(file) is not { } first ? "are not as long as its last chunks"
            : file.Gaps.Sum(gap => (long)gap.Chunks) > first ? "lie beyond its end"
            : null;
    }

    /// <summary>Whether a chunk is residue, of which many pieces may be read in turn with tensors.</summary>
    public bool IsResidue(int chunk) => chunk >= _firstOfResidue;

    /// <summary>Finds the piece that holds a position of the file.</summary>
    public FilePiece Find(long position)
    {
        var (low, high) = (0, _pieces.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = _pieces[middle].Offset <= position ? (middle, high) : (low, middle - 1);
        }

        return _pieces[low];
    }

    // The residue is the last chunks, as many as the gaps take.
    private static int? FindResidue(ModelFile file)
    {
        var first = file.Chunks.Count;
        Int128 left = 0;
        foreach (var gap in file.Gaps)
        {
            left += gap.Length;
        }

        while (left > 0 && first > 0)
        {
            left -= file.Chunks[--first].Length;
        }

        return left == 0 ? first : null;
    }

    private void Place()
    {
        var (next, residue, skip, offset) = (0, _firstOfResidue, 0, 0L);
        foreach (var gap in File.Gaps)
        {
            for (var end = next + gap.Chunks; next < end; next++)
            {
                Add(next, 0, File.Chunks[next].Length);
            }

            for (var left = gap.Length; left > 0;)
            {
                var length = (int)Math.Min(left, File.Chunks[residue].Length - skip);
                Add(residue, skip, length);
                (left, skip) = (left - length, skip + length);
                (residue, skip) = skip == File.Chunks[residue].Length ? (residue + 1, 0) : (residue, skip);
            }
        }

        for (; next < _firstOfResidue; next++)
        {
            Add(next, 0, File.Chunks[next].Length);
        }

        void Add(int chunk, int from, int length)
        {
            _pieces.Add(new FilePiece(offset, length, chunk, from));
            offset += length;
        }
    }
}
