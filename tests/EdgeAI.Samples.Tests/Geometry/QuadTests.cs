using EdgeAI.Samples.Geometry;

namespace EdgeAI.Samples.Tests.Geometry;

public sealed class QuadTests
{
    private static readonly Quad Tall = Quad.FromSize(2, 6);

    [Fact]
    public void TurnQuarter_TallQuad_LiesDownAndReadsDownwards()
    {
        var turned = Tall.TurnQuarter();

        Assert.Equal((6, 2), (turned.Width, turned.Height));
        Assert.Equal(Tall.TopRight, turned.TopLeft);
        Assert.Equal(Tall.BottomRight, turned.TopRight);
    }

    [Fact]
    public void TurnHalf_Twice_IsTheSame()
    {
        Assert.Equal(Tall.BottomRight, Tall.TurnHalf().TopLeft);
        Assert.Equal(Tall, Tall.TurnHalf().TurnHalf());
        Assert.Equal(Tall.TurnHalf(), Tall.TurnQuarter().TurnQuarter());
    }
}
