using System.Text.Json;
using EdgeAI.Models;

namespace EdgeAI.Benchmarks.Cluster.Pulls;

/// <summary>Models of a corpus that are made from each other: the first one, and what it became.</summary>
internal sealed class ModelFamily
{
    private const string Group = "famB/";

    private ModelFamily(string root, IReadOnlyList<string> files)
    {
        Root = root;
        Files = files;
    }

    /// <summary>The folder that the files' names begin in.</summary>
    public string Root { get; }

    /// <summary>The files, in the order in which they are imported.</summary>
    public IReadOnlyList<string> Files { get; }

    public long Length => Files.Sum(file => new FileInfo(Path.Combine(Root, file)).Length);

    /// <exception cref="ArgumentException">There is no corpus in the folder.</exception>
    public static ModelFamily Load(string corpus)
    {
        var root = new[] { Path.Combine(corpus, "corpus"), corpus }.FirstOrDefault(folder => File.Exists(Path.Combine(folder, "manifest.json")))
            ?? throw new ArgumentException($"There is no corpus in '{corpus}'; make one by 'bash eng/make-corpus.sh {corpus}', or name another with --corpus.");
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(root, "manifest.json")));
        var files = json.RootElement.GetProperty("files").EnumerateObject().Select(file => file.Name)
            .Where(name => name.StartsWith(Group, StringComparison.Ordinal) && name.EndsWith(".onnx", StringComparison.Ordinal));
        return new ModelFamily(Path.GetFullPath(root), [.. files.Order(StringComparer.Ordinal)]);
    }

    /// <summary>The name of a file in stores: all are versions of one model.</summary>
    public static ModelReference NameOf(string file) => ModelReference.Parse($"family:{Path.GetFileNameWithoutExtension(file)}");
}
