using EdgeAI.Models;
using EdgeAI.Storage.Indexing;
using EdgeAI.Storage.Manifests;

namespace EdgeAI.Storage.Maintenance;

/// <summary>Finds the names that need a chunk, be it to decode another with it.</summary>
internal sealed class ChunkUsers(StoreIndex index, ManifestStore manifests)
{
    /// <summary>The names that need each of some chunks, in order; a name whose manifest can't be read needs nothing that is known.</summary>
    public async ValueTask<Dictionary<Digest, List<string>>> FindAsync(IReadOnlyCollection<Digest> chunks, CancellationToken cancellationToken)
    {
        var users = chunks.Distinct().ToDictionary(chunk => chunk, _ => new List<string>());
        if (users.Count == 0)
        {
            return users;
        }

        var bases = index.ListBases();
        foreach (var version in index.ListModels().GroupBy(model => model.Digest, model => model.Reference.ToString()))
        {
            foreach (var chunk in await FindNeededAsync(version.Key, bases, cancellationToken).ConfigureAwait(false))
            {
                if (users.TryGetValue(chunk, out var names))
                {
                    names.AddRange(version);
                }
            }
        }

        foreach (var names in users.Values)
        {
            names.Sort(StringComparer.Ordinal);
        }

        return users;
    }

    /// <summary>The chunks that a manifest refers to, and those that they are decoded with.</summary>
    public static HashSet<Digest> FindNeeded(ModelManifest manifest, Dictionary<Digest, Digest> bases)
    {
        var needed = new HashSet<Digest>();
        foreach (var chunk in manifest.Files.SelectMany(file => file.Chunks))
        {
            for (Digest? next = chunk.Digest; next is { } one && needed.Add(one);)
            {
                next = bases.TryGetValue(one, out var baseline) ? baseline : null;
            }
        }

        return needed;
    }

    private async ValueTask<HashSet<Digest>> FindNeededAsync(Digest digest, Dictionary<Digest, Digest> bases, CancellationToken cancellationToken)
    {
        try
        {
            return FindNeeded(await manifests.ReadAsync(digest, cancellationToken).ConfigureAwait(false), bases);
        }
        catch (ContentCorruptedException)
        {
            // The damage of a manifest is reported by whoever checks manifests.
            return [];
        }
    }
}
