using System.Numerics;
using EdgeAI.Samples.Geometry;
using EdgeAI.Samples.Ocr;

namespace EdgeAI.Samples.Tests.Ocr;

public sealed class ReadingOrderTests
{
    [Fact]
    public void Sort_TwoRows_GoesFromLeftToRightAndThenDown()
    {
        DetectedText[] lines = [Line(200, 13, 1), Line(50, 60, 2), Line(50, 10, 3), Line(300, 58, 4)];

        Assert.Equal([3f, 1f, 2f, 4f], ReadingOrder.Sort(lines).Select(line => line.Score));
    }

    [Fact]
    public void Sort_Nothing_IsNothing() => Assert.Empty(ReadingOrder.Sort([]));

    private static DetectedText Line(float x, float y, float score) =>
        new(new RotatedRectangle(new(x, y), Vector2.UnitX, 80, 20).ToQuad(), score);
}
