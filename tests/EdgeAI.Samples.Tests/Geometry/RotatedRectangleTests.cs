using System.Numerics;
using EdgeAI.Samples.Geometry;

namespace EdgeAI.Samples.Tests.Geometry;

public sealed class RotatedRectangleTests
{
    private static readonly RotatedRectangle Flat = new(new(10, 20), Vector2.UnitX, 8, 4);

    [Fact]
    public void Grow_Distance_MovesEverySideOutwards()
    {
        var grown = Flat.Grow(1.5f);

        Assert.Equal(11, grown.Width);
        Assert.Equal(7, grown.Height);
        Assert.Equal(Flat.Centre, grown.Centre);
    }

    [Fact]
    public void ToQuad_Flat_NamesCornersAsReadersDo() =>
        Assert.Equal(new Quad(new(6, 18), new(14, 18), new(14, 22), new(6, 22)), Flat.ToQuad());

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, -1)]
    [InlineData(-1, 0)]
    public void Upright_AxisInAnyDirection_IsTheSameRectangleReadFromLeftToRight(float x, float y)
    {
        var turned = y == 0 ? Flat with { Axis = new(x, y) } : new RotatedRectangle(Flat.Centre, new(x, y), Flat.Height, Flat.Width);

        Assert.Equal(Flat.ToQuad(), turned.Upright().ToQuad());
    }

    [Fact]
    public void Contains_PointsInsideAndOutside_TellsThemApart()
    {
        var turned = new RotatedRectangle(Vector2.Zero, Vector2.Normalize(new(1, 1)), 10, 2);

        Assert.True(turned.Contains(new(3, 3)));
        Assert.False(turned.Contains(new(3, -3)));
        Assert.False(turned.Contains(new(4, 4)));
    }
}
