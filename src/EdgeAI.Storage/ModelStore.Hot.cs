using EdgeAI.Models;
using EdgeAI.Storage.Materializing;
using EdgeAI.Storage.Nodes;

namespace EdgeAI.Storage;

public sealed partial class ModelStore
{
    /// <summary>Leases a model's hot files where they are laid out, for another node to read; they are not made.</summary>
    /// <param name="model">The digest of its manifest.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Null when they are not laid out, or are damaged, of which the next load hears.</returns>
    public ValueTask<LaidOutModel?> FindHotAsync(Digest model, CancellationToken cancellationToken = default) => _hot.FindAsync(model, cancellationToken);

    /// <summary>
    /// Lays a model out as <see cref="MaterializeAsync"/> does, with the bytes that another node has laid out: for a store whose own packs are on a slower disk than the way to that node. Each chunk from there is compared
    /// with the SHA-256 that the manifest has for it. Where the node has not the model, is wrong, fails, or takes five seconds for a chunk, this store's own packs serve.
    /// </summary>
    /// <param name="model">A model of this store.</param>
    /// <param name="node">The other host's store.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <returns>A lease of the files.</returns>
    /// <exception cref="ModelNotFoundException">There is no such model here.</exception>
    public async ValueTask<IHotModel> MaterializeFromAsync(ModelReference model, HttpNodeTier node, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(node);
        return await RunLocalInEpochAsync(model, () => MaterializeInEpochAsync(model, isUse: true, cancellationToken, node), cancellationToken, isLoad: true).ConfigureAwait(false);
    }
}
