using EdgeAI.Models;
using EdgeAI.Storage.Materializing;

namespace EdgeAI.Storage.Nodes;

/// <summary>
/// A model's files as hot files are made from them, with bytes that another node has laid out. Each chunk from there is compared with its name; one that is wrong, late or not to be had comes from
/// this store, and so does all that follows it.
/// </summary>
/// <param name="own">The model in this store.</param>
/// <param name="digest">The model.</param>
/// <param name="manifest">What it is.</param>
/// <param name="node">The other node.</param>
/// <param name="time">The clock.</param>
/// <param name="giveUp">Told once why the node is asked no more.</param>
internal sealed class NodeHotSource(IHotSource own, Digest digest, ModelManifest manifest, HttpNodeTier node, TimeProvider time, Action<string> giveUp) : IHotSource
{
    // For a chunk of some MiB at most: a node that is slower than that is no help.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private int _isGivenUp;

    public Stream Open(string? location) => own.Open(location);

    public IEnumerable<HotPart> Cut(string? location, long sourceOffset, long length, long offset) => own.Cut(location, sourceOffset, length, offset);

    public async ValueTask ReadAsync(HotPart part, Memory<byte> plain, CancellationToken cancellationToken)
    {
        if (part.Chunk is { } chunk && chunk.Length == part.Length && Volatile.Read(ref _isGivenUp) == 0)
        {
            var problem = await FindProblemAsync(part, chunk, plain, cancellationToken).ConfigureAwait(false);
            if (problem is null)
            {
                return;
            }

            if (Interlocked.Exchange(ref _isGivenUp, 1) == 0)
            {
                giveUp(problem);
            }
        }

        await own.ReadAsync(part, plain, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<string?> FindProblemAsync(HotPart part, ChunkReference chunk, Memory<byte> plain, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            var read = await node.ReadHotAsync(digest, PathOf(part), part.Offset, plain, either.Token).ConfigureAwait(false);
            return read < 0 ? "it has not laid the model out"
                : read < plain.Length || Digest.Of(plain.Span) != chunk.Digest ? "what it gave is not what the manifest says"
                : null;
        }
        catch (StorageNodeException exception)
        {
            return exception.Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "it is slow";
        }
    }

    // Large tensors of the graph go to one file; of other formats each file stays one.
    private string PathOf(HotPart part) => manifest.Format == ModelFormat.Onnx ? HotFiles.WeightsName : $"{HotModel.PlainName}/{part.Location}";
}
