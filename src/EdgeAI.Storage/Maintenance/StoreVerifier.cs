using System.Buffers;
using EdgeAI.Models;
using EdgeAI.Storage.Indexing;
using EdgeAI.Storage.Manifests;
using EdgeAI.Storage.Materializing;
using EdgeAI.Storage.Packs;
using EdgeAI.Storage.Reading;

namespace EdgeAI.Storage.Maintenance;

/// <summary>Reads everything back: manifests, chunks, pack indexes, hot files.</summary>
internal sealed class StoreVerifier(StoreIndex index, IStorageTier tier, ManifestStore manifests, ChunkReader chunks, HotModels hot)
{
    private readonly List<VerificationProblem> _problems = [];
    private readonly Dictionary<Digest, List<string>> _modelsByChunk = [];
    private int _manifestsChecked;
    private long _chunksChecked;
    private long _bytesChecked;

    public async ValueTask<VerificationReport> RunAsync(CancellationToken cancellationToken)
    {
        await CheckManifestsAsync(cancellationToken).ConfigureAwait(false);
        await CheckPacksAsync(cancellationToken).ConfigureAwait(false);
        await CheckHotModelsAsync(cancellationToken).ConfigureAwait(false);
        return new VerificationReport(_manifestsChecked, _chunksChecked, _bytesChecked, _problems);
    }

    private async ValueTask CheckManifestsAsync(CancellationToken cancellationToken)
    {
        foreach (var model in index.ListModels())
        {
            _manifestsChecked++;
            try
            {
                var manifest = await manifests.ReadAsync(model.Digest, cancellationToken).ConfigureAwait(false);
                await CheckChunksAsync(model, manifest, cancellationToken).ConfigureAwait(false);
            }
            catch (ContentCorruptedException exception)
            {
                Report(exception.Location, exception.Message, [model.Reference.ToString()]);
            }
        }
    }

    private async ValueTask CheckChunksAsync(ModelInfo model, ModelManifest manifest, CancellationToken cancellationToken)
    {
        foreach (var chunk in manifest.Files.SelectMany(file => file.Chunks))
        {
            if (_modelsByChunk.TryGetValue(chunk.Digest, out var models))
            {
                models.Add(model.Reference.ToString());
            }
            else
            {
                models = [model.Reference.ToString()];
                _modelsByChunk.Add(chunk.Digest, models);
                await CheckChunkAsync(chunk, models, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask CheckChunkAsync(ChunkReference chunk, List<string> models, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(chunk.Length);
        try
        {
            await chunks.VerifyAsync(chunk.Digest, buffer.AsMemory(0, chunk.Length), cancellationToken).ConfigureAwait(false);
        }
        catch (ContentCorruptedException exception)
        {
            Report(exception.Location, exception.Message, models);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        _chunksChecked++;
        _bytesChecked += chunk.Length;
    }

    // A pack's own index is what the database is rebuilt from: it must say the same.
    private async ValueTask CheckPacksAsync(CancellationToken cancellationToken)
    {
        var reader = new PackReader(tier);
        foreach (var (pack, _) in index.ListPacks())
        {
            try
            {
                var stored = (await reader.ReadIndexAsync(pack, cancellationToken).ConfigureAwait(false)).ToHashSet();
                if (index.ListChunks(pack).FirstOrDefault(entry => !stored.Contains(entry)) is { Length: > 0 } missing)
                {
                    Report(PackFormat.KeyOf(pack), $"The pack's index does not agree with the database about {missing.Chunk}.", ModelsOf(missing.Chunk));
                }
            }
            catch (ContentCorruptedException exception) when (index.HasPack(pack))
            {
                Report(exception.Location, exception.Message, []);
            }
            catch (ContentCorruptedException)
            {
                // It was garbage, and has been collected meanwhile.
            }
        }
    }

    private async ValueTask CheckHotModelsAsync(CancellationToken cancellationToken)
    {
        foreach (var digest in hot.List())
        {
            if (await hot.FindProblemAsync(digest, cancellationToken).ConfigureAwait(false) is { } problem)
            {
                var dropped = hot.TryDrop(digest) is not null;
                Report(
                    $"hot/{digest.Hex}",
                    $"The hot files are damaged: {problem}. " + (dropped
                        ? "They were dropped, and are made again at the next load."
                        : "They are in use; unload the model and verify again to drop them."),
                    [.. index.ListModels().Where(model => model.Digest == digest).Select(model => model.Reference.ToString())]);
            }
        }
    }

    private List<string> ModelsOf(Digest chunk) => _modelsByChunk.GetValueOrDefault(chunk) ?? [];

    private void Report(string location, string description, IReadOnlyList<string> models) =>
        _problems.Add(new VerificationProblem(location, description, models));
}
