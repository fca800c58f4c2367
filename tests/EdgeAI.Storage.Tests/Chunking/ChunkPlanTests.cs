using System.Buffers;
using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Storage.Chunking;
using EdgeAI.Storage.Importing;
using EdgeAI.Storage.Reading;
using EdgeAI.Testing.Catalogue;

namespace EdgeAI.Storage.Tests.Chunking;

public sealed class ChunkPlanTests
{
    private static readonly TensorEncoding Q4 = new("q4_0", 18, 32, null);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ElementType.Float64, 2 << 20)]
    [InlineData(ElementType.Float32, 1 << 20)]
    [InlineData(ElementType.BFloat16, 512 << 10)]
    [InlineData(ElementType.Int8, 256 << 10)]
    [InlineData(ElementType.Int4, 128 << 10)]
    [InlineData(ElementType.UInt2, 64 << 10)]
    public async Task CutAsync_Tensor_IsCutAtTheSameElementsWhateverTheirType(ElementType type, int chunkLength)
    {
        const long Elements = (3 * ChunkPlan.ElementsPerChunk) + 1000;
        var tensor = Tensor(TensorEncoding.Of(type), 100, type.GetByteCount(Elements));

        var chunks = await CutAsync(new byte[100 + tensor.Length + 7], tensor);

        Assert.Equal([100, 100 + chunkLength, 100 + (2 * chunkLength), 100 + (3 * chunkLength)], chunks[..^1].Select(chunk => chunk.Offset));
        Assert.Equal([0, 1 << 18, 2 << 18, 3 << 18], chunks[..^1].Select(chunk => chunk.FirstElement));
        Assert.All(chunks[..^1], chunk => Assert.Same(tensor, chunk.Tensor));
        Assert.Equal((true, 107, null), (chunks[^1].IsResidue, chunks[^1].Length, chunks[^1].Tensor));
    }

    [Fact]
    public async Task CutAsync_TensorOfBlocks_IsCutBetweenBlocks()
    {
        var tensor = Tensor(Q4, 0, 18 * 20_000);

        var chunks = await CutAsync(new byte[tensor.Length], tensor);

        Assert.Equal([8192 * 18, 8192 * 18, 3616 * 18], chunks.Select(chunk => chunk.Length));
        Assert.Equal([0, 1 << 18, 2 << 18], chunks.Select(chunk => chunk.FirstElement));
    }

    [Fact]
    public async Task CutAsync_SmallTensorsAndThoseOfUnknownKind_AreCutByContent()
    {
        var small = Tensor(TensorEncoding.Of(ElementType.Float32), 10, ChunkPlan.LargeTensor - 4);
        var unknown = Tensor(TensorEncoding.Unknown("ggml:99"), 100_000, 300_000);
        var content = SeededRandom.Bytes(1, 500_000);

        var chunks = await CutAsync(content, small, unknown);

        Assert.All(chunks, chunk => Assert.Null(chunk.Tensor));
        Assert.Equal([200_000], chunks.Where(chunk => chunk.IsResidue).Select(chunk => chunk.Length));
        Assert.Equal(100_000, chunks[0].Offset);
        Assert.Equal(300_000, chunks.Where(chunk => !chunk.IsResidue).Sum(chunk => chunk.Length));
    }

    [Fact]
    public async Task CutAsync_TensorsThatShareBytes_AreCutOnce()
    {
        var whole = Tensor(TensorEncoding.Of(ElementType.Float32), 0, 40_000);
        var again = Tensor(TensorEncoding.Of(ElementType.Float32), 0, 40_000);
        var part = Tensor(TensorEncoding.Of(ElementType.Float32), 20_000, 30_000);

        var chunks = await CutAsync(new byte[60_000], part, whole, again);

        Assert.Equal([40_000, 20_000], chunks.Select(chunk => chunk.Length));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1_000_000)]
    public async Task CutAsync_FileOfAnyLength_IsCoveredOnceInOrder(int length)
    {
        var content = SeededRandom.Bytes(2, length);
        var tensors = Enumerable.Range(0, 40).Select(i => Tensor(Q4, i * 20_000L, 18 * (100 + (20 * i)))).Where(tensor => tensor.Offset + tensor.Length <= length);

        // The helper puts the file together again, and compares it.
        var chunks = await CutAsync(content, [.. tensors]);

        Assert.Equal(length, chunks.Sum(chunk => chunk.Length));
    }

    [Fact]
    public async Task CutAsync_BytesInsertedInTheMiddle_MoveFewChunks()
    {
        var before = SeededRandom.Bytes(3, 8 << 20);
        byte[] after = [.. before[..(4 << 20)], 1, 2, 3, .. before[(4 << 20)..]];

        var known = await ContentsAsync(before);
        var changed = (await ContentsAsync(after)).Except(known).ToArray();

        Assert.True(known.Count > 80, $"Only {known.Count} chunks.");
        Assert.InRange(changed.Length, 1, 3);
    }

    private static TensorExtent Tensor(TensorEncoding encoding, long offset, long length) =>
        new() { Name = "t", Encoding = encoding, Shape = [], Offset = offset, Length = length };

    private static async Task<List<Digest>> ContentsAsync(byte[] content) =>
        [.. (await CutAsync(content)).Select(chunk => Digest.Of(content.AsSpan((int)chunk.Offset, chunk.Length)))];

    // Puts the file together again from what its manifest would say, and compares it.
    private static async Task<List<PlannedChunk>> CutAsync(byte[] content, params TensorExtent[] tensors)
    {
        using var stream = new MemoryStream(content);
        var (places, bytes) = (new List<PlannedChunk>(), new Dictionary<Digest, byte[]>());
        var draft = new FileDraft(content.Length);
        await foreach (var chunk in new ChunkPlan(content.Length, tensors).CutAsync(stream.ReadExactlyAsync, Cancellation))
        {
            var reference = new ChunkReference(Digest.Of(chunk.Content.Span), chunk.Content.Length);
            bytes[reference.Digest] = chunk.Content.ToArray();
            draft.Add(chunk.Place, reference);
            places.Add(chunk.Place);
            ArrayPool<byte>.Shared.Return(chunk.Buffer);
        }

        Assert.Equal(content, Assemble(draft, bytes, content.Length));
        return places;
    }

    private static byte[] Assemble(FileDraft draft, Dictionary<Digest, byte[]> bytes, int length)
    {
        var (chunks, gaps) = draft.Complete();
        var file = new ModelFile { Path = "m", Length = length, Chunks = chunks, Gaps = gaps, Tensors = [] };
        Assert.Null(FileLayout.FindProblem(file));
        var content = new byte[length];
        foreach (var piece in new FileLayout(file).Pieces)
        {
            bytes[chunks[piece.Chunk].Digest].AsSpan(piece.Skip, piece.Length).CopyTo(content.AsSpan((int)piece.Offset));
        }

        return content;
    }
}
