using EdgeAI.Models;
using EdgeAI.Storage.Indexing;
using EdgeAI.Storage.Manifests;

namespace EdgeAI.Storage.Maintenance;

/// <summary>Finds what names and the outbox need, by way of manifests and of the chunks that others are decoded with.</summary>
internal sealed class GarbageMarker(StoreIndex index, ManifestStore manifests)
{
    private readonly HashSet<Digest> _liveChunks = [];
    private Dictionary<Digest, Digest> _bases = [];

    /// <summary>The manifests that names refer to.</summary>
    public HashSet<Digest> LiveManifests { get; } = [];

    /// <summary>Goes through all names, and through those that came meanwhile: what is left for <see cref="MarkAsync_NeedsCommitLock"/> is little.</summary>
    /// <exception cref="ContentCorruptedException">A manifest is damaged: without it nobody knows what is garbage.</exception>
    public async ValueTask FindLiveAsync(CancellationToken cancellationToken)
    {
        while (await VisitNamesAsync(cancellationToken).ConfigureAwait(false) > 0)
        {
        }
    }

    /// <summary>Marks what no name needs. The caller sees to it that no name comes to be meanwhile.</summary>
    /// <param name="candidates">Chunks that were in the store before <see cref="FindLiveAsync"/>.</param>
    /// <param name="epoch">The epoch that is now.</param>
    /// <param name="cancellationToken">Cancels; nothing is marked.</param>
    /// <returns>How many manifests were forgotten.</returns>
    public async ValueTask<int> MarkAsync_NeedsCommitLock(IReadOnlyCollection<Digest> candidates, long epoch, CancellationToken cancellationToken)
    {
        await VisitNamesAsync(cancellationToken).ConfigureAwait(false);
        var dead = index.ListManifests().Where(manifest => !LiveManifests.Contains(manifest)).ToList();
        index.MarkGarbage(dead, candidates.Where(chunk => !_liveChunks.Contains(chunk)), epoch);
        return dead.Count;
    }

    private async ValueTask<int> VisitNamesAsync(CancellationToken cancellationToken)
    {
        // What has not gone to clusters yet is needed too, whatever its name means by now.
        var fresh = index.ListModels().Concat(index.ListOutbox().Select(entry => entry.Model)).Select(model => model.Digest).Where(LiveManifests.Add).ToList();
        if (fresh.Count > 0)
        {
            // Read after the names: what these manifests need is there.
            _bases = index.ListBases();
        }

        foreach (var digest in fresh)
        {
            var manifest = await manifests.ReadAsync(digest, cancellationToken).ConfigureAwait(false);
            foreach (var chunk in manifest.Files.SelectMany(file => file.Chunks))
            {
                VisitWithBases(chunk.Digest);
            }
        }

        return fresh.Count;
    }

    // A chunk that is kept as a difference can be read only while its base can.
    private void VisitWithBases(Digest chunk)
    {
        for (Digest? next = chunk; next is { } live && _liveChunks.Add(live);)
        {
            next = _bases.TryGetValue(live, out var needed) ? needed : null;
        }
    }
}
