using EdgeAI.Models;
using EdgeAI.Storage.Reading;

namespace EdgeAI.Storage.Tests.Reading;

public sealed class FileLayoutTests
{
    public static TheoryData<long[]> Impossible =>
    [
        new([0, 30, 0, 1]),
        new([0, 31]),
        new([0, 29]),
        new([0, 0]),
        new([0, -30]),
        new([-1, 30]),
        new([3, 30]),
        new([int.MaxValue, 30]),
        new([0, 20, 1, 11]),
        new([0, 20, 3, 10]),
        new([0, 1L << 50]),
        new([0, long.MaxValue, 1, long.MaxValue, 1, 32]),
        new([0, 61]),
        new([1, 15, int.MaxValue, 15]),
    ];

    public static TheoryData<long[]> Possible =>
    [
        new([0, 30]),
        new([2, 30]),
        new([0, 7, 1, 13, 1, 10]),
        new([0, 60]),
        new([1, 50]),
    ];

    [Fact]
    public void Pieces_RandomGaps_CoverTheFileOnceInOrder()
    {
        var random = new Random(1);
        for (var i = 0; i < 500; i++)
        {
            var file = RandomFile(random);
            Assert.Null(FileLayout.FindProblem(file));
            var layout = new FileLayout(file);
            var (position, used) = (0L, new int[file.Chunks.Count]);

            foreach (var piece in layout.Pieces)
            {
                Assert.Equal((position, used[piece.Chunk]), (piece.Offset, piece.Skip));
                Assert.Equal(piece, layout.Find(position));
                Assert.Equal(piece, layout.Find(position + piece.Length - 1));
                Assert.True(layout.IsResidue(piece.Chunk) || piece.Length == file.Chunks[piece.Chunk].Length);
                used[piece.Chunk] += piece.Length;
                position += piece.Length;
            }

            Assert.Equal(file.Length, position);
            Assert.Equal(file.Chunks.Select(chunk => chunk.Length), used);
        }
    }

    [Fact]
    public void Pieces_FileWithoutGaps_AreItsChunks()
    {
        var layout = new FileLayout(File([10, 20, 30]));

        Assert.Equal([(0L, 10, 0), (10L, 20, 1), (30L, 30, 2)], layout.Pieces.Select(piece => (piece.Offset, piece.Length, piece.Chunk)));
        Assert.DoesNotContain(Enumerable.Range(0, 3), layout.IsResidue);
    }

    [Theory]
    [MemberData(nameof(Impossible))]
    public void FindProblem_GapsThatOverlapOrLeaveHolesOrLackResidue_AreRefused(long[] gaps)
    {
        var file = File([10, 20, 30]) with { Gaps = [.. gaps.Chunk(2).Select(gap => new ModelFileGap((int)gap[0], gap[1]))] };

        Assert.NotNull(FileLayout.FindProblem(file));
    }

    [Theory]
    [MemberData(nameof(Possible))]
    public void FindProblem_GapsOfTheLastChunks_AreGood(long[] gaps)
    {
        var file = File([10, 20, 30]) with { Gaps = [.. gaps.Chunk(2).Select(gap => new ModelFileGap((int)gap[0], gap[1]))] };

        Assert.Null(FileLayout.FindProblem(file));
        Assert.Equal(60, new FileLayout(file).Pieces.Sum(piece => piece.Length));
    }

    private static ModelFile RandomFile(Random random)
    {
        var tensors = Lengths(random, random.Next(0, 20), 5000);
        var gaps = new List<ModelFileGap>();
        for (var left = tensors.Length; ;)
        {
            var before = Math.Min(left, random.Next(gaps.Count == 0 ? 0 : 1, 4));
            if (before == 0 && gaps.Count > 0)
            {
                break;
            }

            gaps.Add(new ModelFileGap(before, random.Next(1, 300)));
            left -= before;
        }

        var residue = new List<int>();
        for (var left = gaps.Sum(gap => gap.Length); left > 0; left -= residue[^1])
        {
            residue.Add((int)Math.Min(left, random.Next(1, 400)));
        }

        return File([.. tensors, .. residue]) with { Gaps = gaps };
    }

    private static int[] Lengths(Random random, int count, int most) => [.. Enumerable.Range(0, count).Select(_ => random.Next(1, most))];

    private static ModelFile File(params int[] chunks) => new()
    {
        Path = "m",
        Length = chunks.Sum(),
        Chunks = [.. chunks.Select((length, i) => new ChunkReference(Digest.Of([(byte)i]), length))],
        Tensors = [],
    };
}
