namespace EdgeAI.Benchmarks.Store.Corpora;

/// <summary>A part of the corpus, or all of it.</summary>
/// <param name="Root">The folder that the corpus is in.</param>
/// <param name="Group">Which part, such as <c>famA</c>; null for all of it.</param>
/// <param name="Models">In the order in which they are imported: a version after the one it updates.</param>
internal sealed record CorpusSelection(string Root, string? Group, IReadOnlyList<CorpusModel> Models)
{
    public IReadOnlyList<CorpusFile> Files { get; } = [.. Models.SelectMany(model => model.Files)];

    public long Size { get; } = Models.Sum(model => model.Size);

    /// <summary>The folders that hold exactly these files, relative to <see cref="Root"/>.</summary>
    public IReadOnlyList<string> Folders => [.. Files.Select(file => file.Group).Distinct()];

    public string FullPath(CorpusFile file) => Path.Combine(Root, file.Path);

    /// <summary>Those of the models that are not among the given files.</summary>
    public CorpusSelection Without(IReadOnlySet<string> paths) => new(Root, Group, [.. Models.Where(model => !paths.Contains(model.MainFile.Path))]);
}
