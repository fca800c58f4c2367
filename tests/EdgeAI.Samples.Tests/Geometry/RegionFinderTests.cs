using EdgeAI.Samples.Geometry;

namespace EdgeAI.Samples.Tests.Geometry;

public sealed class RegionFinderTests
{
    [Fact]
    public void Find_TwoBlobs_KeepsThemApart()
    {
        var regions = Find(
            "##....",
            "##..##",
            "....##");

        Assert.Equal([4, 4], regions);
    }

    [Fact]
    public void Find_ArmsThatMeetBelow_AreOneRegion()
    {
        var regions = Find(
            "#...#...#",
            "#...#...#",
            "#########");

        Assert.Equal([15], regions);
    }

    [Fact]
    public void Find_PixelsThatTouchAtACorner_AreOneRegion()
    {
        var regions = Find(
            "#..",
            ".#.",
            "..#");

        Assert.Equal([3], regions);
    }

    [Fact]
    public void Find_RingAroundADot_KeepsTheDotApart()
    {
        var regions = Find(
            "#####",
            "#...#",
            "#.#.#",
            "#...#",
            "#####");

        Assert.Equal([16, 1], regions);
    }

    [Fact]
    public void Find_RandomMaps_AgreesWithFloodFill()
    {
        var random = new Random(11);
        for (var round = 0; round < 50; round++)
        {
            var rows = Enumerable.Range(0, 12)
                .Select(_ => string.Concat(Enumerable.Range(0, 17).Select(_ => random.Next(100) < 45 ? '#' : '.')))
                .ToArray();

            Assert.Equal(FloodFill(rows).Order(), Find(rows).Order());
        }
    }

    private static int[] Find(params string[] rows)
    {
        var map = rows.SelectMany(row => row.Select(pixel => pixel == '#' ? 0.9f : 0.1f)).ToArray();
        return [.. RegionFinder.Find(map, rows[0].Length, 0.3f).Select(region => region.Runs.Sum(run => run.End - run.Start))];
    }

    private static List<int> FloodFill(string[] rows)
    {
        var pixels = rows.SelectMany((row, y) => row.Select((pixel, x) => (pixel, x, y)));
        var open = pixels.Where(p => p.pixel == '#').Select(p => (p.x, p.y)).ToHashSet();
        var sizes = new List<int>();
        while (open.Count > 0)
        {
            var stack = new Stack<(int X, int Y)>([open.First()]);
            open.Remove(stack.Peek());
            var size = 0;
            while (stack.TryPop(out var pixel))
            {
                size++;
                foreach (var next in open.Where(p => Math.Abs(p.x - pixel.X) <= 1 && Math.Abs(p.y - pixel.Y) <= 1).ToList())
                {
                    open.Remove(next);
                    stack.Push(next);
                }
            }

            sizes.Add(size);
        }

        return sizes;
    }
}
