using EdgeAI.Models;
using EdgeAI.Storage.Indexing;
using EdgeAI.Storage.Manifests;
using EdgeAI.Storage.Packs;

namespace EdgeAI.Storage.Maintenance;

/// <summary>Counts what names need, and what that takes.</summary>
internal sealed class UsageReporter(StoreDirectory directory, StoreIndex index, IStorageTier tier, ManifestStore manifests)
{
    private readonly Dictionary<Digest, int> _ordinals = [];
    private List<StoredChunk> _chunks = [];

    // How many names need each chunk.
    private int[] _users = [];

    /// <exception cref="ContentCorruptedException">A manifest is damaged.</exception>
    public async ValueTask<StorageUsage> RunAsync(CancellationToken cancellationToken)
    {
        var versions = index.ListModels().ToLookup(model => model.Digest);
        var storedBytes = await SumObjectsAsync(cancellationToken).ConfigureAwait(false);
        ReadChunks();
        var needed = new Dictionary<Digest, (List<int> Chunks, long ManifestLength)>();
        foreach (var version in versions)
        {
            var manifest = await manifests.ReadAsync(version.Key, cancellationToken).ConfigureAwait(false);
            var chunks = FindNeeded(manifest);
            chunks.ForEach(chunk => _users[chunk] += version.Count());
            needed.Add(version.Key, (chunks, await manifests.GetLengthAsync(version.Key, cancellationToken).ConfigureAwait(false)));
        }

        var models = versions.SelectMany(version => version)
            .OrderBy(model => model.Reference.ToString(), StringComparer.Ordinal)
            .Select(model => Describe(model, needed[model.Digest].Chunks, needed[model.Digest].ManifestLength, versions[model.Digest].Count() > 1))
            .ToList();
        var sharedBytes = SumStored(shared: true, Enumerable.Range(0, _chunks.Count)) + versions.Where(version => version.Count() > 1).Sum(version => needed[version.Key].ManifestLength);
        var overheadBytes = SumOverhead();
        return new StorageUsage(
            models.Sum(model => model.LogicalBytes),
            storedBytes,
            sharedBytes,
            Math.Max(0, storedBytes - sharedBytes - overheadBytes - models.Sum(model => model.ExclusiveBytes)),
            overheadBytes,
            SumHot(),
            models);
    }

    private ModelUsage Describe(ModelInfo model, List<int> chunks, long manifestLength, bool hasOtherName) => new(
        model.Reference,
        model.Length,
        SumStored(shared: false, chunks) + (hasOtherName ? 0 : manifestLength),
        SumStored(shared: true, chunks) + (hasOtherName ? manifestLength : 0));

    private void ReadChunks()
    {
        _chunks = index.ListChunks();
        _users = new int[_chunks.Count];
        for (var i = 0; i < _chunks.Count; i++)
        {
            _ordinals.Add(_chunks[i].Chunk, i);
        }
    }

    private List<int> FindNeeded(ModelManifest manifest)
    {
        var seen = new HashSet<int>();
        foreach (var chunk in manifest.Files.SelectMany(file => file.Chunks))
        {
            for (Digest? next = chunk.Digest; next is { } needed && _ordinals.TryGetValue(needed, out var ordinal) && seen.Add(ordinal);)
            {
                next = _chunks[ordinal].Base;
            }
        }

        return [.. seen];
    }

    private long SumStored(bool shared, IEnumerable<int> chunks) =>
        chunks.Where(chunk => shared ? _users[chunk] > 1 : _users[chunk] == 1).Sum(chunk => (long)_chunks[chunk].StoredLength);

    private long SumOverhead()
    {
        var used = Enumerable.Range(0, _chunks.Count).Where(chunk => _users[chunk] > 0).ToList();
        var packs = used.Select(chunk => _chunks[chunk].Pack).Distinct().Count();
        return (packs * (PackFormat.HeaderLength + PackFormat.TrailerLength)) + ((long)used.Count * PackFormat.EntryLength);
    }

    private async ValueTask<long> SumObjectsAsync(CancellationToken cancellationToken)
    {
        long sum = 0;
        foreach (var prefix in (string[])["packs/", "manifests/"])
        {
            await foreach (var stored in tier.ListAsync(prefix, cancellationToken).ConfigureAwait(false))
            {
                sum += stored.Length;
            }
        }

        return sum;
    }

    private long SumHot() => new DirectoryInfo(directory.Hot).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true })
        .Sum(file => file.Exists ? file.Length : 0);
}
