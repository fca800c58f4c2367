using EdgeAI.Models;
using EdgeAI.Storage.Durability;
using EdgeAI.Storage.Reading;

namespace EdgeAI.Storage;

public sealed partial class ModelStore
{
    /// <inheritdoc/>
    public async ValueTask<ModelInfo?> FindAsync(ModelReference model, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        return await RunAsync(() => Task.FromResult(_index.FindModel(model)), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<ModelInfo>> ListAsync(CancellationToken cancellationToken = default) =>
        await RunAsync(() => Task.FromResult(_index.ListModels()), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<ModelManifest> InspectAsync(ModelReference model, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        return await RunLocalInEpochAsync(model, () => _manifests.ReadAsync(Require(model).Digest, cancellationToken).AsTask(), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<Stream> OpenAsync(ModelReference model, string? path = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        return await RunLocalAsync(model, () => OpenInEpochAsync(model, path, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask ExportAsync(ModelReference model, string directory, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrEmpty(directory);
        await RunLocalInEpochAsync(
            model,
            async () =>
            {
                var manifest = await ReadTrustedAsync(model, cancellationToken).ConfigureAwait(false);
                RequireWhole(model, manifest);
                foreach (var file in manifest.Files)
                {
                    await ExportAsync(file, Path.Combine(directory, file.Path), cancellationToken).ConfigureAwait(false);
                }

                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<IHotModel> MaterializeAsync(ModelReference model, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        return await RunLocalInEpochAsync(model, () => MaterializeInEpochAsync(model, isUse: true, cancellationToken), cancellationToken, isLoad: true).ConfigureAwait(false);
    }

    // The stream keeps the epoch: a model that is removed while it is read can be read to its end.
    private async Task<Stream> OpenInEpochAsync(ModelReference model, string? path, CancellationToken cancellationToken)
    {
        var epoch = await _epochs.EnterAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var manifest = await ReadTrustedAsync(model, cancellationToken).ConfigureAwait(false);
            RequireWhole(model, manifest);
            var file = path is null
                ? manifest.Files[0]
                : manifest.Files.FirstOrDefault(file => file.Path == path) ?? throw new ModelFileNotFoundException(path, model.ToString());
            return new ChunkedStream(file, _readChunks, epoch);
        }
        catch
        {
            epoch.Dispose();
            throw;
        }
    }

    private async Task<ModelManifest> ReadTrustedAsync(ModelReference model, CancellationToken cancellationToken)
    {
        var info = await RequireTrustedAsync(model, cancellationToken).ConfigureAwait(false);
        return await _manifests.ReadAsync(info.Digest, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask ExportAsync(ModelFile file, string path, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            var output = DurableFile.Create(temporary);
            await using (output.ConfigureAwait(false))
            {
                await ParallelReader.CopyAsync(file, _chunks, output.SafeFileHandle, cancellationToken).ConfigureAwait(false);
                await DurableFile.FlushAsync(output, cancellationToken).ConfigureAwait(false);
            }

            DurableFile.Replace(temporary, path);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
