using System.Numerics;
using EdgeAI.Samples.Geometry;
using EdgeAI.Samples.Imaging;
using EdgeAI.Testing.Files;
using SkiaSharp;

namespace EdgeAI.Samples.Tests.Imaging;

public sealed class PictureTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Open_NoFile_ThrowsThatNamesIt() => AssertRefused(_directory.Combine("absent.png"));

    [Fact]
    public void Open_Folder_Throws() => AssertRefused(_directory.Path);

    [Theory]
    [InlineData("")]
    [InlineData("this is text, not a picture")]
    [InlineData("\u0089PNG\r\n\u001a\n")]
    public void Open_NotAPicture_Throws(string content)
    {
        var path = _directory.Combine("broken.png");
        File.WriteAllText(path, content, System.Text.Encoding.Latin1);

        AssertRefused(path);
    }

    [Fact]
    public void Open_HeaderOfAnEnormousPicture_ThrowsBeforeItIsDecoded()
    {
        var path = _directory.Combine("bomb.png");
        PictureFiles.SaveBlank(path, 8, 8);
        var bytes = File.ReadAllBytes(path);
        SetPngSize(bytes, 60_000, 60_000);
        File.WriteAllBytes(path, bytes);

        AssertRefused(path);
    }

    [Fact]
    public void Open_TransparentPicture_IsOnWhite()
    {
        var path = _directory.Combine("transparent.png");
        using (var bitmap = new SKBitmap(4, 4))
        {
            bitmap.Erase(SKColors.Transparent);
            PictureFiles.Save(bitmap, path);
        }

        using var picture = Picture.Open(path);

        Assert.All(picture.Sample(Quad.FromSize(4, 4), 4, 4), value => Assert.Equal(255, value));
    }

    [Fact]
    public void Sample_WholePictureAtItsSize_GivesItsPixels()
    {
        using var picture = Picture.Open(SaveCorners());

        Assert.Equal("rgbw", Describe(picture.Sample(Quad.FromSize(2, 2), 2, 2)));
    }

    [Fact]
    public void Sample_TurnedPart_IsUprightForItsReader()
    {
        using var picture = Picture.Open(SaveCorners());

        Assert.Equal("gwrb", Describe(picture.Sample(Quad.FromSize(2, 2).TurnQuarter(), 2, 2)));
        Assert.Equal("wbgr", Describe(picture.Sample(Quad.FromSize(2, 2).TurnHalf(), 2, 2)));
    }

    [Fact]
    public void Sample_PartBeyondThePicture_GoesOnWithTheEdge()
    {
        using var picture = Picture.Open(SaveCorners());
        var beyond = new Quad(new Vector2(2, 0), new Vector2(6, 0), new Vector2(6, 2), new Vector2(2, 2));

        Assert.Equal("ggggwwww", Describe(picture.Sample(beyond, 4, 2)));
    }

    [Theory]
    [InlineData(1, "rgbw")]
    [InlineData(2, "grwb")]
    [InlineData(3, "wbgr")]
    [InlineData(4, "bwrg")]
    [InlineData(5, "rbgw")]
    [InlineData(6, "brwg")]
    [InlineData(7, "wgbr")]
    [InlineData(8, "gwrb")]
    public void Apply_Orientation_TurnsThePictureUpright(int origin, string expected)
    {
        using var stored = SKBitmap.Decode(SaveCorners());
        using var upright = Orientation.Apply(stored, (SKEncodedOrigin)origin);
        using var bitmap = SKBitmap.FromImage(upright);

        Assert.Equal(expected, Describe(bitmap.Bytes));
    }

    private void AssertRefused(string path)
    {
        var exception = Assert.Throws<SampleException>(() => Picture.Open(path));

        Assert.Contains(path, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    private static void SetPngSize(byte[] png, int width, int height)
    {
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(16), width);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(20), height);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(29), Crc32(png.AsSpan(12, 17)));
    }

    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xedb88320u);
            }
        }

        return ~crc;
    }

    // Red and green above blue and white.
    private string SaveCorners()
    {
        var path = _directory.Combine("corners.png");
        using var bitmap = new SKBitmap(2, 2);
        bitmap.SetPixel(0, 0, SKColors.Red);
        bitmap.SetPixel(1, 0, SKColors.Lime);
        bitmap.SetPixel(0, 1, SKColors.Blue);
        bitmap.SetPixel(1, 1, SKColors.White);
        PictureFiles.Save(bitmap, path);
        return path;
    }

    private static string Describe(byte[] pixels) =>
        string.Concat(pixels.Chunk(4).Select(p => (p[0] > 127, p[1] > 127, p[2] > 127) switch
        {
            (false, false, true) => 'r',
            (false, true, false) => 'g',
            (true, false, false) => 'b',
            (true, true, true) => 'w',
            _ => '?',
        }));
}
