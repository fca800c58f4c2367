using System.Numerics;
using EdgeAI.Samples.Geometry;
using EdgeAI.Samples.Ocr;

namespace EdgeAI.Samples.Tests.Ocr;

public sealed class TextMapDecoderTests
{
    private const int Width = 120;
    private const int Height = 80;

    private readonly TextMapDecoder _decoder = new();

    [Fact]
    public void Unclip_Core_GrowsByAreaTimesRatioOverPerimeter()
    {
        // 40 x 10: an area of 400 over a perimeter of 100, times 1.5, is 6 to every side.
        var line = _decoder.Unclip(new RotatedRectangle(new(50, 50), Vector2.UnitX, 40, 10));

        Assert.Equal(52, line.Width);
        Assert.Equal(22, line.Height);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(-35)]
    public void Decode_CoreAtAnAngle_FindsTheWholeLine(float degrees)
    {
        var angle = degrees * MathF.PI / 180;
        var core = new RotatedRectangle(new(60, 40), new(MathF.Cos(angle), MathF.Sin(angle)), 50, 10);

        var (box, score) = Assert.Single(_decoder.Decode(Draw((core, 0.8f)), Width));

        var expected = _decoder.Unclip(core);
        var found = box.Upright();
        Assert.Equal(0.8f, score, 0.1f);
        Assert.Equal(expected.Width, found.Width, 3f);
        Assert.Equal(expected.Height, found.Height, 3f);
        Assert.True(Vector2.Distance(core.Centre, found.Centre) < 1);
        Assert.True(Vector2.Dot(core.Axis, found.Axis) > 0.998f);
    }

    [Fact]
    public void Decode_FaintCore_IsLeftOut()
    {
        var core = new RotatedRectangle(new(60, 40), Vector2.UnitX, 50, 10);

        Assert.Empty(_decoder.Decode(Draw((core, 0.5f)), Width));
    }

    [Fact]
    public void Decode_Specks_AreLeftOut()
    {
        var line = new RotatedRectangle(new(60, 20), Vector2.UnitX, 50, 10);
        var speck = new RotatedRectangle(new(20, 60), Vector2.UnitX, 2, 2);

        var (box, _) = Assert.Single(_decoder.Decode(Draw((line, 0.9f), (speck, 0.9f)), Width));

        Assert.Equal(20, box.Centre.Y, 1f);
    }

    private static float[] Draw(params (RotatedRectangle Core, float Probability)[] cores)
    {
        var map = new float[Width * Height];
        for (var i = 0; i < map.Length; i++)
        {
            var point = new Vector2((i % Width) + 0.5f, (i / Width) + 0.5f);
            map[i] = cores.Where(core => core.Core.Contains(point)).Select(core => core.Probability).DefaultIfEmpty(0).Max();
        }

        return map;
    }
}
