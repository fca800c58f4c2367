using EdgeAI.Models;
using EdgeAI.Storage.Codecs;
using EdgeAI.Storage.Indexing;
using EdgeAI.Storage.Manifests;

namespace EdgeAI.Storage.Updates;

/// <summary>Makes a manifest short for a node that has others: what stands in one of those, names of chunks above all, costs a few bytes.</summary>
internal sealed class ManifestMover(StoreIndex index, ManifestStore manifests)
{
    // Of the manifests that a node has, those of the same model and then the latest are the likeliest to share most; so many are tried.
    private const int MaxTried = 4;

    /// <summary>Compresses a manifest for a node.</summary>
    /// <param name="model">The version that the node is to have.</param>
    /// <param name="have">The manifests that it has.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <exception cref="ContentCorruptedException">The manifest, or one that the node has, is damaged here.</exception>
    public async ValueTask<MovedManifest> EncodeAsync(ModelInfo model, IReadOnlyCollection<Digest> have, CancellationToken cancellationToken)
    {
        var plain = await manifests.ReadBytesAsync(model.Digest, cancellationToken).ConfigureAwait(false);
        var best = Encode(plain, [], null);
        foreach (var known in Rank(model, have))
        {
            var prefix = await manifests.ReadBytesAsync(known, cancellationToken).ConfigureAwait(false);
            var moved = Encode(plain, prefix, known);
            best = moved.Stored.Length < best.Stored.Length ? moved : best;
        }

        return best;
    }

    /// <summary>Gives a manifest back, of which nothing is vetted but that its lengths are possible.</summary>
    /// <exception cref="InvalidArchiveException">It is damaged, or its base is not in this store.</exception>
    public async ValueTask<byte[]> DecodeAsync(MovedManifest moved, Digest digest, CancellationToken cancellationToken)
    {
        // Of a version that was just removed the manifest may still be there, as its content is.
        var prefix = moved.Base is not { } needed ? []
            : await manifests.TryReadIntactAsync(needed, cancellationToken).ConfigureAwait(false)
                ?? throw new InvalidArchiveException($"it is an update, and builds on the version {needed}, which this store does not have; export it whole, or import that version first");
        var plain = moved.Stored;
        if (moved.Stored.Length != moved.Length)
        {
            plain = new byte[moved.Length];
            if (!PrefixFrames.TryDecode(moved.Stored, prefix, plain))
            {
                throw Damaged();
            }
        }

        return Digest.Of(plain) == digest ? plain : throw Damaged();
    }

    private static MovedManifest Encode(byte[] plain, byte[] prefix, Digest? known)
    {
        var stored = new byte[plain.Length];
        var length = PrefixFrames.Encode(plain, prefix, stored);
        return length == 0 ? new MovedManifest(plain.Length, plain, null) : new MovedManifest(plain.Length, stored[..length], known);
    }

    private static InvalidArchiveException Damaged() => new("its manifest is damaged");

    private IEnumerable<Digest> Rank(ModelInfo model, IReadOnlyCollection<Digest> have) => index.ListModels()
        .OrderByDescending(known => known.Reference.Name == model.Reference.Name)
        .ThenByDescending(known => known.ImportedAt)
        .Select(known => known.Digest)
        .Concat(index.ListManifests())
        .Where(have.ToHashSet().Contains)
        .Distinct()
        .Take(MaxTried);
}
