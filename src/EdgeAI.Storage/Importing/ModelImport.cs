using System.Buffers;
using System.Security.Cryptography;
using System.Threading.Channels;
using EdgeAI.Models;
using EdgeAI.Storage.Chunking;
using EdgeAI.Storage.Codecs;
using EdgeAI.Storage.Indexing;
using EdgeAI.Storage.Packs;

namespace EdgeAI.Storage.Importing;

/// <summary>
/// One import: reads a source, writes what the store lacks into packs in a staging folder, and says what the model is. Nothing outside the
/// staging folder changes. Chunks are hashed and encoded on all cores and written in order; a few are in memory at a time.
/// </summary>
internal sealed class ModelImport(
    ModelSource source,
    string staging,
    StoreIndex index,
    ChunkCodecs codecs,
    IProgress<ImportProgress>? progress) : IAsyncDisposable
{
    private readonly HashSet<Digest> _written = [];
    private readonly List<WrittenPack> _packs = [];
    private PackWriter? _pack;
    private long _bytesDone;
    private long _bytesTotal;

    /// <summary>Plain bytes that the store did not have.</summary>
    public long NewBytes { get; private set; }

    /// <summary>The packs, on disk under temporary names.</summary>
    public IReadOnlyList<WrittenPack> Packs => _packs;

    public async ValueTask<ModelManifest> RunAsync(CancellationToken cancellationToken)
    {
        progress?.Report(new ImportProgress(ImportStage.Inspecting, 0, 0));
        using var files = new SourceFiles(source, staging);
        var model = await files.OpenModelAsync(cancellationToken).ConfigureAwait(false);
        _bytesTotal = files.TotalLength;

        var tensors = model.Tensors.Where(tensor => tensor.Length >= ChunkPlan.LargeTensor).ToLookup(tensor => tensor.Location);
        var stored = new List<ModelFile>();
        foreach (var file in files.All)
        {
            stored.Add(await StoreAsync(file, tensors[file.Location], cancellationToken).ConfigureAwait(false));
        }

        if (_pack is not null)
        {
            await ClosePackAsync(cancellationToken).ConfigureAwait(false);
        }

        return new ModelManifest
        {
            Schema = ModelManifest.CurrentSchema,
            Format = model.Format,
            Files = stored,
            Signature = model.Signature,
            Metadata = model.Metadata,
            Operators = model.Operators,
        };
    }

    public ValueTask DisposeAsync() => _pack?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async ValueTask<ModelFile> StoreAsync(SourceFile file, IEnumerable<TensorExtent> tensors, CancellationToken cancellationToken)
    {
        var plan = new ChunkPlan(file.Content.Length, tensors);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var encoding = Channel.CreateBounded<Task<EncodedChunk>>(new BoundedChannelOptions(2 * Environment.ProcessorCount) { SingleReader = true, SingleWriter = true });
        var reading = ReadAsync(file, plan, encoding.Writer, stop.Token);
        var chunks = new List<ChunkReference>();
        try
        {
            await foreach (var task in encoding.Reader.ReadAllAsync(stop.Token).ConfigureAwait(false))
            {
                var chunk = await task.ConfigureAwait(false);
                await WriteAsync(chunk, cancellationToken).ConfigureAwait(false);
                chunks.Add(chunk.Reference);
                _bytesDone += chunk.Reference.Length;
                progress?.Report(new ImportProgress(ImportStage.Storing, _bytesDone, _bytesTotal));
            }
        }
        catch
        {
            // The reader owns the source; it must have stopped before the source is closed, whatever stopped the writer.
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        return new ModelFile
        {
            Path = file.Path,
            Length = file.Content.Length,
            Digest = await reading.ConfigureAwait(false),
            Chunks = chunks,
            Tensors = [.. tensors.OrderBy(tensor => tensor.Offset).ThenBy(tensor => tensor.Name, StringComparer.Ordinal).Select(Describe)],
        };
    }

    private async Task<Digest> ReadAsync(
        SourceFile file,
        ChunkPlan plan,
        ChannelWriter<Task<EncodedChunk>> encoding,
        CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            file.Content.Position = 0;
            await foreach (var chunk in plan.CutAsync(file.ReadExactlyAsync, cancellationToken).ConfigureAwait(false))
            {
                hash.AppendData(chunk.Content.Span);
                await encoding.WriteAsync(Task.Run(() => Encode(chunk), CancellationToken.None), cancellationToken).ConfigureAwait(false);
            }

            file.RequireUnchanged();
            encoding.Complete();
        }
        catch (Exception exception)
        {
            encoding.Complete(exception);
            throw;
        }

        return new Digest(hash.GetHashAndReset());
    }

    private EncodedChunk Encode(CutChunk chunk)
    {
        try
        {
            var plain = chunk.Content.Span;
            var reference = new ChunkReference(Digest.Of(plain), plain.Length);
            if (index.HasSoundChunk(reference.Digest))
            {
                return new EncodedChunk(reference, null, 0);
            }

            var encoded = new byte[plain.Length];
            var stored = codecs.Encode(plain, encoded, out var codec);
            return new EncodedChunk(reference, encoded.AsMemory(0, stored), codec);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk.Buffer);
        }
    }

    private async ValueTask WriteAsync(EncodedChunk chunk, CancellationToken cancellationToken)
    {
        if (chunk.Stored is not { } stored || !_written.Add(chunk.Reference.Digest))
        {
            return;
        }

        _pack ??= await PackWriter.CreateAsync(Path.Combine(staging, $"{_packs.Count}.pack"), cancellationToken).ConfigureAwait(false);
        await _pack.AddAsync(chunk.Reference.Digest, chunk.Reference.Length, chunk.Codec, stored, cancellationToken).ConfigureAwait(false);
        NewBytes += chunk.Reference.Length;
        if (_pack.Length >= PackFormat.TargetLength)
        {
            await ClosePackAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static ModelTensor Describe(TensorExtent tensor) => new(tensor.Name, tensor.Encoding.Name, tensor.Shape, tensor.Offset, tensor.Length);

    private async ValueTask ClosePackAsync(CancellationToken cancellationToken)
    {
        await using var pack = _pack!.ConfigureAwait(false);
        _packs.Add(await _pack!.CompleteAsync(cancellationToken).ConfigureAwait(false));
        _pack = null;
    }
}
