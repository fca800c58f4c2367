namespace EdgeAI.Benchmarks.Store.Corpora;

/// <summary>A file of the corpus.</summary>
/// <param name="Path">Relative to the corpus, such as <c>famA/base.onnx</c>.</param>
/// <param name="Size">In bytes.</param>
/// <param name="Sha256">In lower-case hexadecimal digits.</param>
internal sealed record CorpusFile(string Path, long Size, string Sha256)
{
    /// <summary>The part of the corpus that the file is in, such as <c>famA</c>.</summary>
    public string Group => Path[..Path.IndexOf('/', StringComparison.Ordinal)];

    public string Name => Path[(Path.LastIndexOf('/') + 1)..];
}
