using EdgeAI.Models;
using EdgeAI.Storage.Durability;
using EdgeAI.Storage.Importing;
using EdgeAI.Storage.Reading;

namespace EdgeAI.Storage.Materializing;

/// <summary>Models that are laid out while their chunks come.</summary>
internal sealed partial class HotModels
{
    /// <summary>Begins to lay out a model whose chunks are still coming.</summary>
    /// <param name="digest">The manifest.</param>
    /// <param name="manifest">The model.</param>
    /// <param name="source">Its chunks, of which those of the graph have come.</param>
    /// <param name="coming">The chunks that will come.</param>
    /// <param name="cancellationToken">Cancels the beginning.</param>
    /// <returns>Null when it is laid out, somebody else is at it, or it can't be laid out, of which the lease tells.</returns>
    public async ValueTask<HotAhead?> TryBeginAsync(Digest digest, ModelManifest manifest, IChunkSource source, IReadOnlySet<Digest> coming, CancellationToken cancellationToken)
    {
        var folder = directory.HotModel(digest);
        var exclusive = FileLock.TryAcquireExclusive(directory.HotLock(digest));
        if (exclusive is null || Directory.Exists(folder))
        {
            exclusive?.Dispose();
            return null;
        }

        try
        {
            await makeRoom(digest, manifest, cancellationToken).ConfigureAwait(false);
            var ahead = await HotAhead.BeginAsync(exclusive, manifest, folder + UnfinishedSuffix, new StoredHotSource(manifest, source), coming, cancellationToken).ConfigureAwait(false);
            exclusive = null;
            return ahead;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or MalformedModelException)
        {
            // The pull goes on; whoever leases the model meets it again, and is told.
            return null;
        }
        finally
        {
            exclusive?.Dispose();
        }
    }

    /// <summary>Makes what has not come, and publishes the model.</summary>
    public async ValueTask CompleteAsync(Digest digest, HotAhead ahead, CancellationToken cancellationToken)
    {
        try
        {
            await ahead.CloseAsync().ConfigureAwait(false);
            await WriteAsync(ahead.Manifest, ahead.Unfinished, ahead.Source, ahead.Journal, cancellationToken).ConfigureAwait(false);
            ahead.Journal.Dispose();
            Publish(ahead.Unfinished, directory.HotModel(digest));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or MalformedModelException or ContentCorruptedException)
        {
            // As above. A flush that failed says so once: nothing of the folder is believed.
            StoreDirectory.DeleteStaging(ahead.Unfinished);
        }
    }
}
