using System.Buffers;
using System.IO.Hashing;
using System.Threading.Channels;
using EdgeAI.Models;
using EdgeAI.Storage.Chunking;
using EdgeAI.Storage.Codecs;
using EdgeAI.Storage.Codecs.Elements;
using EdgeAI.Storage.Indexing;
using EdgeAI.Storage.Matching;
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
    BaseFinder bases,
    ResidueFinder residue,
    IProgress<ImportProgress>? progress) : IAsyncDisposable
{
    private readonly HashSet<Digest> _written = [];
    private readonly List<WrittenPack> _packs = [];
    private readonly List<StoredTensor> _tensors = [];
    private PackWriter? _pack;
    private TensorRecognizer? _recognizer;
    private long _bytesDone;
    private long _bytesTotal;

    /// <summary>Plain bytes that the store did not have.</summary>
    public long NewBytes { get; private set; }

    /// <summary>The packs, on disk under temporary names.</summary>
    public IReadOnlyList<WrittenPack> Packs => _packs;

    /// <summary>The large tensors, for later imports to find.</summary>
    public IReadOnlyList<StoredTensor> Tensors => _tensors;

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
        var cuts = tensors.Any() ? tensors : await RecognizeAsync(file, cancellationToken).ConfigureAwait(false);
        var plan = new ChunkPlan(file.Content.Length, cuts);
        var drafts = await DraftAsync(file, cuts, cancellationToken).ConfigureAwait(false);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var encoding = Channel.CreateBounded<Task<EncodedChunk>>(new BoundedChannelOptions(2 * Environment.ProcessorCount) { SingleReader = true, SingleWriter = true });
        var reading = ReadAsync(file, plan, drafts, encoding.Writer, stop.Token);
        var draft = new FileDraft(file.Content.Length);
        try
        {
            await foreach (var task in encoding.Reader.ReadAllAsync(stop.Token).ConfigureAwait(false))
            {
                var chunk = await task.ConfigureAwait(false);
                await WriteAsync(chunk, cancellationToken).ConfigureAwait(false);
                draft.Add(chunk.Place, chunk.Reference);
                _bytesDone += chunk.Reference.Length;
                progress?.Report(new ImportProgress(ImportStage.Storing, _bytesDone, _bytesTotal));
            }
        }
        catch
        {
            // The reader owns the source; it must have stopped before the source is closed, whatever stopped the writer.
            await stop.CancelAsync().ConfigureAwait(false);
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        await reading.ConfigureAwait(false);
        var (chunks, gaps) = draft.Complete();
        var stored = new ModelFile
        {
            Path = file.Path,
            Length = file.Content.Length,
            Chunks = chunks,
            Gaps = gaps,
            Tensors = [.. tensors.OrderBy(tensor => tensor.Offset).ThenBy(tensor => tensor.Name, StringComparer.Ordinal).Select(Describe)],
        };
        _tensors.AddRange(await StoredTensors.ReadAsync(stored, file.Content, cancellationToken).ConfigureAwait(false));
        return stored;
    }

    private async Task ReadAsync(
        SourceFile file,
        ChunkPlan plan,
        Dictionary<TensorExtent, TensorDraft> drafts,
        ChannelWriter<Task<EncodedChunk>> encoding,
        CancellationToken cancellationToken)
    {
        try
        {
            file.Content.Position = 0;
            await foreach (var chunk in plan.CutAsync(file.ReadExactlyAsync, cancellationToken).ConfigureAwait(false))
            {
                var draft = chunk.Place.Tensor is { } tensor ? drafts.GetValueOrDefault(tensor) : null;
                await encoding.WriteAsync(Task.Run(() => EncodeAsync(chunk, draft, cancellationToken), CancellationToken.None), cancellationToken).ConfigureAwait(false);
            }

            file.RequireUnchanged();
            encoding.Complete();
        }
        catch (Exception exception)
        {
            encoding.Complete(exception);
            throw;
        }
    }

    // A file without tensors may still hold some that its format's parser, or the lack of one, did not find.
    private async ValueTask<IEnumerable<TensorExtent>> RecognizeAsync(SourceFile file, CancellationToken cancellationToken) => file.Content.Length < ChunkPlan.LargeTensor
        ? []
        : await (_recognizer ??= new TensorRecognizer(index)).FindAsync(file.Content, file.Location, cancellationToken).ConfigureAwait(false);

    // Sketches are read before the file is, so that a tensor's base can be looked for when its first chunk comes.
    private static async ValueTask<Dictionary<TensorExtent, TensorDraft>> DraftAsync(
        SourceFile file,
        IEnumerable<TensorExtent> tensors,
        CancellationToken cancellationToken)
    {
        var drafts = new Dictionary<TensorExtent, TensorDraft>(ReferenceEqualityComparer.Instance);
        foreach (var tensor in tensors)
        {
            var form = TensorDraft.FormOf(tensor.Encoding);
            if (form != ElementForm.Bytes && tensor.Length % form.SizeOf() == 0)
            {
                var sketch = await TensorSketch.ReadAsync(file.Content, tensor.Offset, tensor.Length / form.SizeOf(), form, cancellationToken).ConfigureAwait(false);
                drafts.TryAdd(tensor, new TensorDraft(tensor, sketch));
            }
        }

        return drafts;
    }

    private async Task<EncodedChunk> EncodeAsync(CutChunk chunk, TensorDraft? tensor, CancellationToken cancellationToken)
    {
        try
        {
            var reference = new ChunkReference(Digest.Of(chunk.Content.Span), chunk.Content.Length);
            return index.FindState(reference.Digest) switch
            {
                ChunkState.Sound => new EncodedChunk(reference, 0, chunk.Place, null, 0, 0, null),

                // What is made from a damaged chunk may be the only thing that it could be kept as a difference from: it stands by itself.
                ChunkState.Suspect => Encode(reference, chunk, tensor, null, default),
                _ => await EncodeNewAsync(reference, chunk, tensor, cancellationToken).ConfigureAwait(false),
            };
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk.Buffer);
        }
    }

    private async ValueTask<EncodedChunk> EncodeNewAsync(ChunkReference reference, CutChunk chunk, TensorDraft? tensor, CancellationToken cancellationToken)
    {
        if (tensor is null)
        {
            using var resembled = chunk.Place.Tensor is null ? await residue.FindAsync(chunk.Content, cancellationToken).ConfigureAwait(false) : null;
            return Encode(reference, chunk, null, resembled, default);
        }

        var ordinal = (int)(chunk.Place.FirstElement / ChunkPlan.ElementsPerChunk);
        var similar = await FindBaseAsync(tensor, ordinal, chunk.Content, cancellationToken).ConfigureAwait(false);
        using var baseline = similar is not null && ordinal < similar.Chunks.Count
            ? await bases.ReadBaseAsync(similar.Chunks[ordinal], cancellationToken).ConfigureAwait(false)
            : null;
        return Encode(reference, chunk, tensor, baseline, similar?.Form ?? default);
    }

    private Task<StoredTensor?> FindBaseAsync(TensorDraft tensor, int ordinal, ReadOnlyMemory<byte> plain, CancellationToken cancellationToken)
    {
        lock (tensor)
        {
            // The memory goes back to its pool when this chunk is done, and whoever else waits for the search does not need it.
            return tensor.Base ??= bases.FindAsync(tensor, ordinal, plain, cancellationToken);
        }
    }

    private EncodedChunk Encode(ChunkReference reference, CutChunk chunk, TensorDraft? tensor, BaseChunk? baseline, ElementForm baseForm)
    {
        var content = new ChunkContent(chunk.Content.Span, FormOf(chunk.Place))
        {
            Base = baseline is null ? [] : baseline.AsSpan(),
            BaseForm = baseForm,
            RowLength = tensor?.RowLength ?? 0,
            FirstElement = chunk.Place.FirstElement,
        };
        var encoded = ArrayPool<byte>.Shared.Rent(ChunkCodecs.BufferLength(reference.Length));
        var stored = codecs.Encode(content, encoded, out var codec);
        return new EncodedChunk(reference, XxHash3.HashToUInt64(chunk.Content.Span), chunk.Place, encoded, stored, codec, ChunkCodecs.NeedsBase(codec) ? baseline!.Identity : null);
    }

    private static ElementForm FormOf(in PlannedChunk plan) => plan.Tensor is { } tensor ? TensorDraft.FormOf(tensor.Encoding) : ElementForm.Bytes;

    private async ValueTask WriteAsync(EncodedChunk chunk, CancellationToken cancellationToken)
    {
        if (chunk.Buffer is not { } buffer)
        {
            return;
        }

        try
        {
            if (_written.Add(chunk.Reference.Digest))
            {
                await WriteAsync(chunk, buffer.AsMemory(0, chunk.StoredLength), cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask WriteAsync(EncodedChunk chunk, ReadOnlyMemory<byte> stored, CancellationToken cancellationToken)
    {
        _pack ??= await PackWriter.CreateAsync(Path.Combine(staging, $"{_packs.Count}.pack"), cancellationToken).ConfigureAwait(false);
        await _pack.AddAsync(chunk.Reference.Digest, chunk.Reference.Length, chunk.Checksum, chunk.Codec, chunk.Base, stored, cancellationToken).ConfigureAwait(false);
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
