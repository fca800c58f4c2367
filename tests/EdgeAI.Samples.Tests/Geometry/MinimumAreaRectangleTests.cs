using System.Numerics;
using EdgeAI.Samples.Geometry;

namespace EdgeAI.Samples.Tests.Geometry;

public sealed class MinimumAreaRectangleTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(30)]
    [InlineData(44)]
    [InlineData(89)]
    [InlineData(133)]
    public void Around_TurnedRectangleWithPointsInside_FindsSizeAndAngle(float degrees)
    {
        var turn = Matrix3x2.CreateRotation(degrees * MathF.PI / 180, new Vector2(50, 20));
        Vector2[] upright = [new(10, 10), new(90, 10), new(90, 30), new(10, 30), new(50, 20), new(11, 29), new(60, 10)];

        var rectangle = MinimumAreaRectangle.Around(upright.Select(point => Vector2.Transform(point, turn)));

        Assert.Equal(80, MathF.Max(rectangle.Width, rectangle.Height), 0.01f);
        Assert.Equal(20, rectangle.ShortSide, 0.01f);
        Assert.True(Vector2.Distance(new Vector2(50, 20), rectangle.Centre) < 0.01f);
        var along = rectangle.Width > rectangle.Height ? rectangle.Axis : new Vector2(-rectangle.Axis.Y, rectangle.Axis.X);
        Assert.Equal(1, MathF.Abs(Vector2.Dot(along, Vector2.TransformNormal(Vector2.UnitX, turn))), 0.001f);
    }

    [Fact]
    public void Around_TriangleThatFitsOneWayBest_TakesTheSmallestRectangle()
    {
        // Upright boxes of this triangle have an area of 64; the one along its long side has 32.
        var rectangle = MinimumAreaRectangle.Around([new(0, 0), new(8, 8), new(8, 4)]);

        Assert.Equal(32, rectangle.Area, 0.01f);
    }

    [Fact]
    public void Around_OnePoint_IsEmpty()
    {
        var rectangle = MinimumAreaRectangle.Around([new(3, 4), new(3, 4)]);

        Assert.Equal(0, rectangle.Area);
        Assert.Equal(new Vector2(3, 4), rectangle.Centre);
    }

    [Fact]
    public void Around_PointsOnALine_HasNoHeight()
    {
        var rectangle = MinimumAreaRectangle.Around([new(0, 0), new(3, 4), new(6, 8)]);

        Assert.Equal(0, rectangle.ShortSide, 0.001f);
        Assert.Equal(10, MathF.Max(rectangle.Width, rectangle.Height), 0.001f);
    }

    [Fact]
    public void Around_NoPoints_Throws() => Assert.Throws<ArgumentException>(() => MinimumAreaRectangle.Around([]));
}
