using EdgeAI.Models;

namespace EdgeAI.Benchmarks.Store.Corpora;

/// <summary>A model of the corpus.</summary>
/// <param name="Reference">Versions of one model share a name; the tag is the file's name.</param>
/// <param name="Files">The model file, and the files that it refers to.</param>
/// <param name="IsUpdate">Whether an earlier version of it is in the corpus.</param>
internal sealed record CorpusModel(ModelReference Reference, IReadOnlyList<CorpusFile> Files, bool IsUpdate)
{
    public CorpusFile MainFile => Files[0];

    public long Size => Files.Sum(file => file.Size);
}
