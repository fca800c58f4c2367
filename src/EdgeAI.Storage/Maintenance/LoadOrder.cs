using EdgeAI.Models;
using EdgeAI.Storage.Indexing;
using EdgeAI.Storage.Manifests;

namespace EdgeAI.Storage.Maintenance;

/// <summary>The order in which chunks are read: model by model, the latest first, each chunk after the one that it is decoded with.</summary>
internal sealed class LoadOrder(StoreIndex index, ManifestStore manifests)
{
    private readonly Dictionary<Digest, int> _ranks = [];
    private Dictionary<Digest, Digest> _bases = [];

    /// <summary>The rank of every chunk that a model needs.</summary>
    public async ValueTask<Dictionary<Digest, int>> FindAsync(CancellationToken cancellationToken)
    {
        _bases = index.ListBases();
        foreach (var model in index.ListModels().OrderByDescending(model => model.ImportedAt).DistinctBy(model => model.Digest))
        {
            if (await manifests.TryReadIntactAsync(model.Digest, cancellationToken).ConfigureAwait(false) is { } json)
            {
                foreach (var chunk in ManifestSerializer.Deserialize(model.Digest, json).Files.SelectMany(file => file.Chunks))
                {
                    Visit(chunk.Digest);
                }
            }
        }

        return _ranks;
    }

    private void Visit(Digest chunk)
    {
        var chain = new Stack<Digest>();
        for (Digest? next = chunk; next is { } link && !_ranks.ContainsKey(link); next = _bases.TryGetValue(link, out var found) ? found : null)
        {
            chain.Push(link);
        }

        while (chain.TryPop(out var link))
        {
            _ranks.TryAdd(link, _ranks.Count);
        }
    }
}
