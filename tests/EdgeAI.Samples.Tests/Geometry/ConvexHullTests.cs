using System.Numerics;
using EdgeAI.Samples.Geometry;

namespace EdgeAI.Samples.Tests.Geometry;

public sealed class ConvexHullTests
{
    [Fact]
    public void Of_SquareWithPointsInsideAndOnSides_HasFourCorners()
    {
        var hull = ConvexHull.Of([new(0, 0), new(2, 0), new(4, 0), new(4, 4), new(0, 4), new(1, 3), new(0, 2), new(4, 4)]);

        Assert.Equal(4, hull.Count);
        Assert.Equal([new(0, 0), new(0, 4), new(4, 0), new(4, 4)], hull.OrderBy(point => point.X).ThenBy(point => point.Y));
    }

    [Fact]
    public void Of_RandomPoints_HasAllOfThemOnOneSideOfEachEdge()
    {
        var random = new Random(7);
        var points = Enumerable.Range(0, 200).Select(_ => new Vector2(random.Next(100), random.Next(100))).ToList();

        var hull = ConvexHull.Of(points);

        for (var i = 0; i < hull.Count; i++)
        {
            var (from, to) = (hull[i], hull[(i + 1) % hull.Count]);
            Assert.All(points, point => Assert.True(Cross(to - from, point - from) >= 0, $"{point} is outside of {from} to {to}"));
        }
    }

    private static float Cross(Vector2 a, Vector2 b) => (a.X * b.Y) - (a.Y * b.X);
}
