using EdgeAI.Models;
using EdgeAI.Storage.Clusters;
using EdgeAI.Storage.Durability;
using EdgeAI.Storage.Maintenance;
using EdgeAI.Storage.Names;
using Microsoft.Data.Sqlite;

namespace EdgeAI.Storage;

public sealed partial class ModelStore
{
    /// <inheritdoc/>
    public async ValueTask<bool> RemoveAsync(ModelReference model, CancellationToken cancellationToken = default)
    {
        RequireTag(model);
        var removed = await RunAsync(() => RemoveNameAsync(model, cancellationToken), cancellationToken).ConfigureAwait(false);
        if (removed)
        {
            LogRemoved(_logger, model);
        }

        return removed;
    }

    private async Task<bool> RemoveNameAsync(ModelReference model, CancellationToken cancellationToken)
    {
        using var commit = await FileLock.AcquireSharedAsync(_directory.CommitLock, _wait, cancellationToken).ConfigureAwait(false);
        using var naming = await FileLock.AcquireExclusiveAsync(_directory.NameLock(model), _wait, cancellationToken).ConfigureAwait(false);

        // The object is the truth: from here on the name is gone, whatever happens to the row.
        var wasThere = await _names.RemoveAsync_NeedsLock(model, CancellationToken.None).ConfigureAwait(false);
        return _index.RemoveName(model) || wasThere;
    }

    // The object before the row: a crash between the two leaves a name that the next collection enters, or whoever is next alone in the store. What it needs is known before.
    private async ValueTask<(ModelInfo Model, bool WasPresent)> SetNameAsync(ModelReference model, Digest digest, long length, Action<ModelInfo> prepare, ClusterChange change)
    {
        using var naming = await FileLock.AcquireExclusiveAsync(_directory.NameLock(model), _wait, CancellationToken.None).ConfigureAwait(false);
        var before = await _names.ReadAsync(model, CancellationToken.None).ConfigureAwait(false);
        var wasPresent = before?.Digest == digest;
        var info = wasPresent ? before! : new ModelInfo(model, digest, length, NowInMilliseconds());
        prepare(info);
        var bytes = await _names.SetAsync_NeedsLock(info, CancellationToken.None).ConfigureAwait(false);
        try
        {
            _index.SetName(info, change);
        }
        catch (Exception exception) when (exception is SqliteException or EdgeAIException)
        {
            await TakeBackAsync_NeedsLock(info, bytes).ConfigureAwait(false);
            throw;
        }

        NoteUse(digest, length);
        return (info, wasPresent);
    }

    // A failed import leaves the store as it was, names included.
    private async ValueTask TakeBackAsync_NeedsLock(ModelInfo info, byte[]? before)
    {
        try
        {
            await _names.RestoreAsync_NeedsLock(info, before, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The caller hears of what failed first. All that the new name needs is on the disk: it stands, and is entered at the next opening.
            LogNameStands(_logger, info.Reference, exception);
        }
    }

    // What a crash left between an object and its row.
    private async ValueTask HealNamesAsync_NeedsLock(CancellationToken cancellationToken)
    {
        var rows = _index.ListModels();
        var (models, damaged) = await _names.ListAsync(cancellationToken).ConfigureAwait(false);
        foreach (var row in rows.Where(row => damaged.Contains(NameStore.KeyOf(row.Reference))))
        {
            LogNameRestored(_logger, row.Reference);
            await _names.SetAsync_NeedsLock(row, cancellationToken).ConfigureAwait(false);
            models.Add(row);
        }

        if (models.ToHashSet().SetEquals(rows))
        {
            return;
        }

        LogNamesHealed(_logger);
        _index.EnterOutbox(models.Except(rows), OutgoingChange());
        var known = _index.ListManifests().ToHashSet();
        if (models.TrueForAll(model => known.Contains(model.Digest)))
        {
            _index.SetNames(models);
        }
        else
        {
            await new IndexFiller(_index, _tier, _manifests, _names).RunAsync_NeedsLock(cancellationToken).ConfigureAwait(false);
        }
    }

    // A name is compared under its lock when it seems wrong: an import may have been between its object and its row.
    private async ValueTask<List<VerificationProblem>> FindNameProblemsAsync(CancellationToken cancellationToken)
    {
        var problems = new List<VerificationProblem>();
        foreach (var row in _index.ListModels())
        {
            if (!await IsNameSoundAsync(row.Reference, cancellationToken).ConfigureAwait(false))
            {
                problems.Add(new VerificationProblem(
                    NameStore.KeyOf(row.Reference),
                    "The name's object is missing, damaged, or says something else than the index. Import the model under it again, or open the store anew.",
                    [row.Reference.ToString()]));
            }
        }

        var (models, damaged) = await _names.ListAsync(cancellationToken).ConfigureAwait(false);
        foreach (var model in models)
        {
            if (_index.FindModel(model.Reference) is null && !await IsNameSoundAsync(model.Reference, cancellationToken).ConfigureAwait(false))
            {
                problems.Add(new VerificationProblem(NameStore.KeyOf(model.Reference), "The index does not have the name. Open the store anew.", [model.Reference.ToString()]));
            }
        }

        problems.AddRange(damaged.Where(key => problems.TrueForAll(problem => problem.Location != key))
            .Select(key => new VerificationProblem(key, "The object can't be read as a name, and the index has none for it. Delete it.", [])));
        return problems;
    }

    private async ValueTask<bool> IsNameSoundAsync(ModelReference model, CancellationToken cancellationToken)
    {
        if (await IsNameSameAsync(model, cancellationToken).ConfigureAwait(false))
        {
            return true;
        }

        using var naming = await FileLock.AcquireExclusiveAsync(_directory.NameLock(model), _wait, cancellationToken).ConfigureAwait(false);
        return await IsNameSameAsync(model, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<bool> IsNameSameAsync(ModelReference model, CancellationToken cancellationToken) =>
        await _names.ReadAsync(model, cancellationToken).ConfigureAwait(false) == _index.FindModel(model)
        && (_index.FindModel(model) is not null || !await _names.HasAsync(model, cancellationToken).ConfigureAwait(false));
}
