using System.Buffers;
using System.Security.Cryptography;
using System.Threading.Channels;
using EdgeAI.Models;
using EdgeAI.Storage.Chunking;
using EdgeAI.Storage.Codecs;
using EdgeAI.Storage.Codecs.Elements;
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

        var stored = new List<ModelFile>();
        foreach (var file in files.All)
        {
            var tensors = model.Tensors.Where(tensor => tensor.Location == file.Location).Select(tensor => (tensor.Offset, tensor.Length));
            stored.Add(await StoreAsync(file, new ChunkPlan(file.Content.Length, tensors), cancellationToken).ConfigureAwait(false));
        }

        if (_pack is not null)
        {
            await ClosePackAsync(cancellationToken).ConfigureAwait(false);
        }

        return new ModelManifest
        {
            Schema = ModelManifest.CurrentSchema,
            Format = ModelFormat.Onnx,
            Files = stored,
            Signature = model.Signature,
            Metadata = model.Metadata,
            Operators = model.Operators,
        };
    }

    public ValueTask DisposeAsync() => _pack?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async ValueTask<ModelFile> StoreAsync(SourceFile file, ChunkPlan plan, CancellationToken cancellationToken)
    {
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
            foreach (var length in plan.Lengths())
            {
                var buffer = ArrayPool<byte>.Shared.Rent(length);
                await file.ReadExactlyAsync(buffer.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
                hash.AppendData(buffer, 0, length);
                await encoding.WriteAsync(Task.Run(() => Encode(buffer, length), CancellationToken.None), cancellationToken).ConfigureAwait(false);
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

    private EncodedChunk Encode(byte[] buffer, int length)
    {
        try
        {
            var plain = buffer.AsSpan(0, length);
            var reference = new ChunkReference(Digest.Of(plain), length);
            if (index.HasSoundChunk(reference.Digest))
            {
                return new EncodedChunk(reference, null, 0);
            }

            var encoded = new byte[ChunkCodecs.BufferLength(length)];
            var stored = codecs.Encode(new ChunkContent(plain, ElementForm.Bytes), encoded, out var codec);
            return new EncodedChunk(reference, encoded.AsMemory(0, stored), codec);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask WriteAsync(EncodedChunk chunk, CancellationToken cancellationToken)
    {
        if (chunk.Stored is not { } stored || !_written.Add(chunk.Reference.Digest))
        {
            return;
        }

        _pack ??= await PackWriter.CreateAsync(Path.Combine(staging, $"{_packs.Count}.pack"), cancellationToken).ConfigureAwait(false);
        await _pack.AddAsync(chunk.Reference.Digest, chunk.Reference.Length, chunk.Codec, chunk.Base, stored, cancellationToken).ConfigureAwait(false);
        NewBytes += chunk.Reference.Length;
        if (_pack.Length >= PackFormat.TargetLength)
        {
            await ClosePackAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask ClosePackAsync(CancellationToken cancellationToken)
    {
        await using var pack = _pack!.ConfigureAwait(false);
        _packs.Add(await _pack!.CompleteAsync(cancellationToken).ConfigureAwait(false));
        _pack = null;
    }
}
