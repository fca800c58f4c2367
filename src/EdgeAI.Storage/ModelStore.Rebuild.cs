using EdgeAI.Storage.Durability;
using EdgeAI.Storage.Indexing;
using EdgeAI.Storage.Maintenance;

namespace EdgeAI.Storage;

public sealed partial class ModelStore
{
    /// <inheritdoc/>
    public async ValueTask<IndexRebuildReport> RebuildIndexAsync(CancellationToken cancellationToken = default) => await RunAsync(
        async () =>
        {
            using var locks = await AcquireIndexAsync(cancellationToken).ConfigureAwait(false);
            return await RebuildAsync_NeedsLock(cancellationToken).ConfigureAwait(false);
        },
        cancellationToken).ConfigureAwait(false);

    // No object and no entry comes or goes meanwhile. Imports and reads go on up to there; a commit makes sure that what it found before is still known.
    private async ValueTask<FileLocks> AcquireIndexAsync(CancellationToken cancellationToken)
    {
        var maintenance = await FileLock.AcquireExclusiveAsync(_directory.MaintenanceLock, _wait, cancellationToken).ConfigureAwait(false);
        try
        {
            return new FileLocks(maintenance, await FileLock.AcquireExclusiveAsync(_directory.CommitLock, _wait, cancellationToken).ConfigureAwait(false));
        }
        catch
        {
            maintenance.Dispose();
            throw;
        }
    }

    // The new index is made in a staging folder: until it takes the old one's place, nothing has changed.
    private async ValueTask<IndexRebuildReport> RebuildAsync_NeedsLock(CancellationToken cancellationToken)
    {
        using var epoch = await _epochs.EnterAsync(cancellationToken).ConfigureAwait(false);
        var staging = _directory.CreateIndexStaging(epoch.Epoch);
        try
        {
            var path = Path.Combine(staging, "index.db");
            StoreIndex.Create(path);
            IndexRebuildReport report;
            try
            {
                var index = new StoreIndex(() => path);
                report = await new IndexFiller(index, _tier, _manifests, _names).RunAsync_NeedsLock(cancellationToken).ConfigureAwait(false);
                CopyOutboxTo(index);
            }
            finally
            {
                // The last to close a database writes its log into it; what is moved is one file.
                StoreIndex.Close(path);
            }

            _indexFiles.Replace_NeedsLock(path);
            Report(report);
            return report;
        }
        finally
        {
            StoreDirectory.DeleteStaging(staging);
        }
    }

    private void Report(IndexRebuildReport report)
    {
        LogIndexRebuilt(_logger, report.Packs, report.Chunks, report.Manifests, report.Names);
        foreach (var problem in report.Problems)
        {
            LogRebuildProblem(_logger, problem.Location, problem.Description);
        }
    }
}
