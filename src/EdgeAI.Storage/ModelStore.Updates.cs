using EdgeAI.Models;
using EdgeAI.Storage.Durability;
using EdgeAI.Storage.Packs;
using EdgeAI.Storage.Updates;

namespace EdgeAI.Storage;

public sealed partial class ModelStore
{
    /// <inheritdoc/>
    public async ValueTask<UpdatePlan> PlanUpdateAsync(IReadOnlyCollection<Digest> have, ModelReference want, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(have);
        ArgumentNullException.ThrowIfNull(want);
        return await RunInEpochAsync(
            async _ =>
            {
                var model = Require(want);
                var manifest = await _manifests.ReadAsync(model.Digest, cancellationToken).ConfigureAwait(false);
                var missing = await new UpdatePlanner(_index, _manifests).FindMissingAsync(have, manifest, cancellationToken).ConfigureAwait(false);
                var ranges = UpdatePlanner.RangesOf(missing.Select(chunk => chunk.Location));
                var manifestLength = have.Contains(model.Digest)
                    ? 0
                    : (await new ManifestMover(_index, _manifests).EncodeAsync(model, have, cancellationToken).ConfigureAwait(false)).Stored.Length;
                return new UpdatePlan(model, ranges, missing.Count, ranges.Sum(range => range.Length) + manifestLength, manifest.TotalLength);
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask ExportArchiveAsync(
        ModelReference model,
        Stream destination,
        IReadOnlyCollection<Digest>? have = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(destination);
        await RunStagedAsync(
            async staging =>
            {
                var info = await RequireTrustedAsync(model, cancellationToken).ConfigureAwait(false);
                var manifest = await _manifests.ReadAsync(info.Digest, cancellationToken).ConfigureAwait(false);
                var chunks = await new UpdatePlanner(_index, _manifests).FindMissingAsync(have ?? [], manifest, cancellationToken).ConfigureAwait(false);
                var moved = await new ManifestMover(_index, _manifests).EncodeAsync(info, have ?? [], cancellationToken).ConfigureAwait(false);
                var signatures = await ReadSoundSignaturesAsync(info.Digest, cancellationToken).ConfigureAwait(false);
                await new ArchiveWriter(_tier, staging).WriteAsync(info, moved, chunks, signatures, destination, cancellationToken).ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<ImportResult> ImportArchiveAsync(Stream source, ModelReference? model = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (model is not null)
        {
            RequireTag(model);
        }

        var result = await _telemetry.Import.MeasureAsync(model, () => RunStagedAsync(
            async staging =>
            {
                var received = await new ArchiveReader(source, staging, _index, new ManifestMover(_index, _manifests), _chunks).ReadAsync(cancellationToken).ConfigureAwait(false);
                var name = model ?? received.Reference;
                RequireTag(name);
                RequireTrusted(name, received);
                cancellationToken.ThrowIfCancellationRequested();
                return await CommitAsync(name, received).ConfigureAwait(false);
            },
            cancellationToken)).ConfigureAwait(false);
        _telemetry.NoteImported(result.Model.Length, result);
        return result;
    }

    private async ValueTask<ImportResult> CommitAsync(ModelReference name, ReceivedModel received)
    {
        var fresh = received.Pack.Entries.Where(entry => !_index.HasSoundChunk(entry.Chunk)).Sum(entry => (long)entry.Length);
        IReadOnlyList<WrittenPack> packs = received.Pack.Entries.Count == 0 ? [] : [received.Pack];

        // Signatures whose manifest the index does not know yet are garbage to a collection.
        using var commit = await FileLock.AcquireSharedAsync(_directory.CommitLock, _wait, CancellationToken.None).ConfigureAwait(false);
        await PutSignaturesAsync(received.Digest, received.Signatures).ConfigureAwait(false);
        return await CommitAsync(name, received.Digest, received.Json, received.Manifest, packs, received.Tensors, fresh, OutgoingChange()).ConfigureAwait(false);
    }

    /// <summary>Runs an operation with a staging folder of its own, which a collection leaves alone.</summary>
    private Task<T> RunStagedAsync<T>(Func<string, Task<T>> operation, CancellationToken cancellationToken) => RunInEpochAsync(
        async epoch =>
        {
            _tier.RequireDisks();
            var staging = _directory.CreateStaging(epoch.Epoch);
            try
            {
                return await operation(staging).ConfigureAwait(false);
            }
            finally
            {
                StoreDirectory.DeleteStaging(staging);
            }
        },
        cancellationToken);
}
