using EdgeAI.Models;
using EdgeAI.Storage.Clusters;
using EdgeAI.Storage.Codecs;
using EdgeAI.Storage.Durability;
using EdgeAI.Storage.Importing;
using EdgeAI.Storage.Manifests;
using EdgeAI.Storage.Matching;
using EdgeAI.Storage.Packs;

namespace EdgeAI.Storage;

public sealed partial class ModelStore
{
    /// <inheritdoc/>
    public async ValueTask<ImportResult> ImportAsync(
        ModelReference model,
        ModelSource source,
        IProgress<ImportProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        RequireTag(model);
        ArgumentNullException.ThrowIfNull(source);
        return await _telemetry.Import.MeasureAsync(model, () => RunAsync(() => ImportLockedAsync(model, source, progress, cancellationToken), cancellationToken)).ConfigureAwait(false);
    }

    // The import lock makes a second import of the same name find everything stored; the epoch keeps what the import finds stored.
    private async Task<ImportResult> ImportLockedAsync(
        ModelReference model,
        ModelSource source,
        IProgress<ImportProgress>? progress,
        CancellationToken cancellationToken)
    {
        progress?.Report(new ImportProgress(ImportStage.Waiting, 0, 0));
        using var single = await FileLock.AcquireExclusiveAsync(_directory.ImportLock(model), _wait, cancellationToken).ConfigureAwait(false);
        using var epoch = await _epochs.EnterAsync(cancellationToken).ConfigureAwait(false);
        _tier.RequireDisks();
        CodecSelfTest.Begin();
        using var opened = await _sources.OpenAsync(source, progress, cancellationToken).ConfigureAwait(false);
        var staging = _directory.CreateStaging(epoch.Epoch);
        try
        {
            var bases = new BaseFinder(_index, _chunks, _codecs, model.Name);
            var residue = new ResidueFinder(_index, _manifests, _chunks, bases, model.Name);
            var import = new ModelImport(opened.Source, staging, _index, _codecs, bases, residue, progress);
            ImportResult result;
            await using (import.ConfigureAwait(false))
            {
                var manifest = await import.RunAsync(cancellationToken).ConfigureAwait(false);
                progress?.Report(new ImportProgress(ImportStage.Committing, manifest.TotalLength, manifest.TotalLength));
                cancellationToken.ThrowIfCancellationRequested();
                await CodecSelfTest.RequireAsync().ConfigureAwait(false);
                var json = ManifestSerializer.Serialize(manifest);
                if (json.Length > ManifestSerializer.MaxLength)
                {
                    throw new InvalidModelException(opened.Source.DisplayName, $"its files and tensors are too many: a manifest of them would have more than {ManifestSerializer.MaxLength >> 20} MiB");
                }

                result = await CommitAsync(model, Digest.Of(json), json, manifest, import.Packs, import.Tensors, import.NewBytes, OutgoingChange()).ConfigureAwait(false);
            }

            opened.Discard();
            _telemetry.NoteImported(result.Model.Length, result);
            return result;
        }
        catch (InvalidModelException)
        {
            // What was fetched is whole and no model: to have it again would not help.
            opened.Discard();
            throw;
        }
        finally
        {
            StoreDirectory.DeleteStaging(staging);
        }
    }

    // Packs, then the manifest, then both in the index, then the name: a crash between two of these leaves garbage, never a name without content.
    private async ValueTask<ImportResult> CommitAsync(
        ModelReference model,
        Digest digest,
        byte[] json,
        ModelManifest manifest,
        IReadOnlyList<WrittenPack> packs,
        IReadOnlyList<StoredTensor> tensors,
        long newBytes,
        ClusterChange change)
    {
        // Objects that the index does not know yet are garbage to a collection: it is kept away until the index knows them.
        using var commit = await FileLock.AcquireSharedAsync(_directory.CommitLock, _wait, CancellationToken.None).ConfigureAwait(false);
        foreach (var pack in packs)
        {
            _tier.Adopt(PackFormat.KeyOf(pack.Digest), pack.Path);
        }

        await _manifests.PutAsync(digest, json, CancellationToken.None).ConfigureAwait(false);
        var needed = manifest.Files.SelectMany(file => file.Chunks).Select(chunk => chunk.Digest);
        var (info, wasPresent) = await SetNameAsync(model, digest, manifest.TotalLength, info => _index.Prepare(packs, info, tensors, needed), change).ConfigureAwait(false);
        LogImported(_logger, model, digest, newBytes);
        BeginSending();
        return new ImportResult(info, wasPresent, newBytes, packs.Sum(pack => pack.Length));
    }

    // What the index keeps of a time, so that an import returns what a later look-up does.
    private DateTimeOffset NowInMilliseconds() => DateTimeOffset.FromUnixTimeMilliseconds(_time.GetUtcNow().ToUnixTimeMilliseconds());
}
