using EdgeAI.Models;
using EdgeAI.Storage.Indexing;

namespace EdgeAI.Storage.Placement;

/// <summary>Which versions pins mean now: they follow their tags.</summary>
internal sealed class PinnedModels(PinStore pins, StoreIndex index)
{
    public async ValueTask<HashSet<Digest>> FindAsync(CancellationToken cancellationToken) =>
        [.. (await pins.ListAsync(cancellationToken).ConfigureAwait(false)).Select(index.FindModel).OfType<ModelInfo>().Select(model => model.Digest)];
}
