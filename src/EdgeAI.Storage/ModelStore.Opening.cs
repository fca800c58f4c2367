using EdgeAI.Storage.Durability;
using EdgeAI.Storage.Indexing;

namespace EdgeAI.Storage;

public sealed partial class ModelStore
{
    private readonly Lock _openingGate = new();
    private Task? _opening;
    private volatile bool _isOpen;

    // Every call comes here: the index may have been replaced since, or the whole directory deleted.
    private async ValueTask EnsureOpenAsync(CancellationToken cancellationToken)
    {
        if (!IsOpen())
        {
            await OpenOnce().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    // All who come meanwhile wait for one opening, which no one of them cancels for the others.
    private Task OpenOnce()
    {
        lock (_openingGate)
        {
            return IsOpen() ? Task.CompletedTask
                : _opening is { IsCompleted: false } opening ? opening
                : _opening = Task.Run(() => OpenAsync(CancellationToken.None));
        }
    }

    private bool IsOpen() => _isOpen && _indexFiles.FindCurrent() is not null;

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        DirectorySync.Create(_directory.Locks);
        using var opening = await FileLock.AcquireExclusiveAsync(_directory.OpenLock, _wait, cancellationToken).ConfigureAwait(false);
        _markers.Open_NeedsLock();
        _directory.Create();
        if (_indexFiles.FindCurrent() is null || _index.FindProblem() is not null)
        {
            using var locks = await AcquireIndexAsync(cancellationToken).ConfigureAwait(false);
            await MakeIndexAsync_NeedsLock(cancellationToken).ConfigureAwait(false);
        }

        // Alone in the store, whoever opens it clears what a crashed process left half written.
        using var alone = _epochs.TryEnterAlone();
        using var commits = alone is null ? null : FileLock.TryAcquireExclusive(_directory.CommitLock);
        if (commits is not null)
        {
            _directory.ClearStaging(long.MaxValue);
            _indexFiles.Clear_NeedsLock();
            await HealNamesAsync_NeedsLock(cancellationToken).ConfigureAwait(false);
        }

        foreach (var member in _clusters.Members)
        {
            _index.EnterNewCluster(member.Name, NowInMilliseconds());
        }

        _isOpen = true;
        BeginSending();
    }

    // Looked at again: somebody else may just have made it.
    private async ValueTask MakeIndexAsync_NeedsLock(CancellationToken cancellationToken)
    {
        if (_indexFiles.FindCurrent() is { } current)
        {
            if (_index.FindProblem() is { } problem)
            {
                LogIndexDamaged(_logger, current, problem);
                await RebuildAsync_NeedsLock(cancellationToken).ConfigureAwait(false);
            }
        }
        else if (_indexFiles.Legacy is { } legacy)
        {
            await AdoptLegacyAsync_NeedsLock(legacy, cancellationToken).ConfigureAwait(false);
        }
        else if (await HasObjectsAsync(cancellationToken).ConfigureAwait(false))
        {
            LogIndexDamaged(_logger, _directory.Root, "it is not there");
            await RebuildAsync_NeedsLock(cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await CreateIndexAsync_NeedsLock(cancellationToken).ConfigureAwait(false);
        }
    }

    // Names were in the index alone once: they become objects first, and the index is made from those.
    private async ValueTask AdoptLegacyAsync_NeedsLock(string legacy, CancellationToken cancellationToken)
    {
        foreach (var model in StoreIndex.ReadLegacyNames(legacy))
        {
            await _names.SetAsync_NeedsLock(model, cancellationToken).ConfigureAwait(false);
        }

        await RebuildAsync_NeedsLock(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<bool> HasObjectsAsync(CancellationToken cancellationToken)
    {
        await foreach (var _ in _tier.ListAsync(string.Empty, cancellationToken).ConfigureAwait(false))
        {
            return true;
        }

        return false;
    }

    private async ValueTask CreateIndexAsync_NeedsLock(CancellationToken cancellationToken)
    {
        using var epoch = await _epochs.EnterAsync(cancellationToken).ConfigureAwait(false);
        var staging = _directory.CreateIndexStaging(epoch.Epoch);
        try
        {
            var path = Path.Combine(staging, "index.db");
            StoreIndex.Create(path);
            _indexFiles.Replace_NeedsLock(path);
        }
        finally
        {
            StoreDirectory.DeleteStaging(staging);
        }
    }
}
