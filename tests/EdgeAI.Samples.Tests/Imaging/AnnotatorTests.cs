using EdgeAI.Samples.Geometry;
using EdgeAI.Samples.Imaging;
using EdgeAI.Testing.Files;
using SkiaSharp;

namespace EdgeAI.Samples.Tests.Imaging;

public sealed class AnnotatorTests
{
    [Theory]
    [InlineData("marked.png", SKEncodedImageFormat.Png)]
    [InlineData("new/folder/marked.jpg", SKEncodedImageFormat.Jpeg)]
    public void Save_OneBox_WritesThePictureWithItsOutline(string name, SKEncodedImageFormat format)
    {
        using var directory = new TemporaryDirectory();
        PictureFiles.SaveBlank(directory.Combine("blank.png"), 200, 100);
        using var picture = Picture.Open(directory.Combine("blank.png"));
        using var annotator = new Annotator(picture);

        annotator.Add(new Quad(new(60, 30), new(160, 30), new(160, 70), new(60, 70)));
        annotator.Save(directory.Combine(name));

        using var codec = SKCodec.Create(directory.Combine(name));
        using var marked = SKBitmap.Decode(codec);
        Assert.Equal(format, codec.EncodedFormat);
        Assert.Equal((200, 100), (marked.Width, marked.Height));
        Assert.True(marked.GetPixel(110, 30).Green < 128, "the upper side is drawn");
        Assert.True(marked.GetPixel(110, 70).Green < 128, "the lower side is drawn");
        Assert.True(marked.GetPixel(110, 50).Green > 240, "the inside is left as it was");
    }
}
