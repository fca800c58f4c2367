using System.Buffers;
using EdgeAI.Models;
using EdgeAI.Storage.Indexing;
using EdgeAI.Storage.Manifests;
using EdgeAI.Storage.Packs;
using EdgeAI.Storage.Reading;

namespace EdgeAI.Storage.Matching;

/// <summary>
/// Finds what a graph, a header, or another run of bytes of no kind resembles: in the earlier versions of the same model first, then in what was imported last. Their residue is
/// read when the first new chunk comes, up to a bound, so that nothing of it need be kept. Thread-safe.
/// </summary>
internal sealed class ResidueFinder(StoreIndex index, ManifestStore manifests, ChunkReader chunks, BaseFinder bases, string modelName)
{
    private const int MaxVersions = 6;

    // Read and hashed in some 20 ms; the residue of a version is a few hundred kilobytes.
    private const long MaxBytes = 8L << 20;

    // Two chunks are worth comparing when this share of one's features is in the other.
    private const double Similar = 0.1;

    private readonly Lock _lock = new();
    private Task<Known>? _known;

    /// <summary>Finds a chunk to keep another as a difference from.</summary>
    /// <returns>Null when there is none that resembles it, or its chain is full.</returns>
    public async ValueTask<BaseChunk?> FindAsync(ReadOnlyMemory<byte> plain, CancellationToken cancellationToken)
    {
        Task<Known> reading;
        lock (_lock)
        {
            reading = _known ??= ReadAsync(cancellationToken);
        }

        var known = await reading.ConfigureAwait(false);

        // At the end of a full chain one begins anew. A base further up would be an older version's, which a node that has the last one may lack, with all that it was
        // made from.
        return known.Find(plain.Span) is { } similar && index.FindChunk(similar)?.Base is not { Depth: >= ChunkBase.MaxDepth }
            ? await bases.ReadBaseAsync(similar, cancellationToken).ConfigureAwait(false)
            : null;
    }

    private async Task<Known> ReadAsync(CancellationToken cancellationToken)
    {
        var known = new Known();
        var left = MaxBytes;
        var seen = new HashSet<Digest>();
        foreach (var version in index.ListNearestVersions(modelName, MaxVersions))
        {
            foreach (var chunk in await ListResidueAsync(version, cancellationToken).ConfigureAwait(false))
            {
                if (chunk.Length <= left && seen.Add(chunk.Digest))
                {
                    left -= chunk.Length;
                    await AddAsync(known, chunk, cancellationToken).ConfigureAwait(false);
                }
            }
        }

        return known;
    }

    private async ValueTask<IEnumerable<ChunkReference>> ListResidueAsync(Digest version, CancellationToken cancellationToken)
    {
        try
        {
            var manifest = await manifests.ReadAsync(version, cancellationToken).ConfigureAwait(false);
            return manifest.Files.SelectMany(FileLayout.ResidueOf);
        }
        catch (ContentCorruptedException)
        {
            // An import needs no other version; whoever reads or verifies that one hears of the damage.
            return [];
        }
    }

    private async ValueTask AddAsync(Known known, ChunkReference chunk, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(chunk.Length);
        try
        {
            await chunks.ReadAsync(chunk.Digest, buffer.AsMemory(0, chunk.Length), cancellationToken).ConfigureAwait(false);
            known.Add(chunk.Digest, buffer.AsSpan(0, chunk.Length));
        }
        catch (ContentCorruptedException)
        {
            // Marked by its reader; not a base, then.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private sealed class Known
    {
        private readonly List<Digest> _chunks = [];

        // What several have is the first one's, which comes from the nearest version.
        private readonly Dictionary<ulong, int> _owners = [];

        public void Add(Digest chunk, ReadOnlySpan<byte> content)
        {
            foreach (var feature in ContentFeatures.Of(content))
            {
                _owners.TryAdd(feature, _chunks.Count);
            }

            _chunks.Add(chunk);
        }

        public Digest? Find(ReadOnlySpan<byte> content)
        {
            if (_chunks.Count == 0)
            {
                return null;
            }

            var features = ContentFeatures.Of(content);
            var shared = new int[_chunks.Count];
            foreach (var feature in features)
            {
                if (_owners.TryGetValue(feature, out var owner))
                {
                    shared[owner]++;
                }
            }

            var best = Array.IndexOf(shared, shared.Max());
            return shared[best] > Similar * features.Count ? _chunks[best] : null;
        }
    }
}
