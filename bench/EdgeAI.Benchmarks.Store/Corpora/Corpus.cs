using System.Text.Json;
using EdgeAI.Models;

namespace EdgeAI.Benchmarks.Store.Corpora;

/// <summary>A corpus as <c>bench/corpus/make_corpus.py</c> writes it.</summary>
internal sealed class Corpus
{
    private const string Manifest = "manifest.json";
    private const string ExternalDataSuffix = ".data";

    private readonly Dictionary<string, CorpusFile> _files;
    private readonly IReadOnlyList<CorpusPair> _pairs;
    private readonly IReadOnlyList<CorpusModel> _models;

    private Corpus(string root, IReadOnlyList<CorpusFile> files, IReadOnlyList<CorpusPair> pairs)
    {
        Root = root;
        _files = files.ToDictionary(file => file.Path);
        _pairs = [.. pairs.Where(pair => _files.ContainsKey(pair.Before) && _files.ContainsKey(pair.After))];
        _models = [.. InImportOrder(files).Where(file => !IsExternalData(file)).Select(MakeModel)];
        Groups = [.. files.Select(file => file.Group).Distinct()];
        var byPath = _models.ToDictionary(model => model.MainFile.Path);
        Updates = [.. _pairs.Select(pair => new CorpusUpdate(UpdateNames.Of(pair.Id), byPath[pair.Before], byPath[pair.After]))];
    }

    public string Root { get; }

    /// <summary>The parts of the corpus, such as <c>famA</c>.</summary>
    public IReadOnlyList<string> Groups { get; }

    public IReadOnlyList<CorpusUpdate> Updates { get; }

    /// <exception cref="ArgumentException">There is no corpus in the folder.</exception>
    public static Corpus Load(string directory)
    {
        var root = new[] { Path.Combine(directory, "corpus"), directory }.FirstOrDefault(folder => File.Exists(Path.Combine(folder, Manifest)))
            ?? throw new ArgumentException($"There is no '{Manifest}' in '{directory}' or in its folder 'corpus'; make a corpus by 'bash eng/make-corpus.sh DIR'.");
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(root, Manifest)));
        var files = json.RootElement.GetProperty("files").EnumerateObject()
            .Select(file => new CorpusFile(file.Name, file.Value.GetProperty("size").GetInt64(), file.Value.GetProperty("sha256").GetString()!))
            .ToArray();
        return new Corpus(Path.GetFullPath(root), files, CorpusPair.Load(Path.Combine(root, "pairs.json")));
    }

    /// <param name="group">Which part; null for all of it.</param>
    public CorpusSelection Select(string? group = null) =>
        new(Root, group, [.. _models.Where(model => group is null || model.MainFile.Group == group)]);

    // The manifest's order, but a version after the one it updates.
    private IEnumerable<CorpusFile> InImportOrder(IReadOnlyList<CorpusFile> files)
    {
        var seen = new HashSet<string>();
        IEnumerable<CorpusFile> Visit(string path)
        {
            if (!seen.Add(path))
            {
                return [];
            }

            var before = _pairs.Where(pair => pair.After == path).SelectMany(pair => Visit(pair.Before)).ToArray();
            return [.. before, _files[path]];
        }

        return files.SelectMany(file => Visit(file.Path));
    }

    private bool IsExternalData(CorpusFile file) =>
        file.Path.EndsWith(ExternalDataSuffix, StringComparison.Ordinal) && _files.ContainsKey(file.Path[..^ExternalDataSuffix.Length]);

    private CorpusModel MakeModel(CorpusFile file)
    {
        var first = file.Path;
        while (_pairs.FirstOrDefault(pair => pair.After == first) is { } earlier)
        {
            first = earlier.Before;
        }

        CorpusFile[] files = _files.TryGetValue(file.Path + ExternalDataSuffix, out var data) ? [file, data] : [file];
        return new CorpusModel(ModelReference.Parse($"{first}:{file.Name}"), files, IsUpdate: first != file.Path);
    }
}
