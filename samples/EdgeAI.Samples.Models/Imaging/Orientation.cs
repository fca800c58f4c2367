using SkiaSharp;

namespace EdgeAI.Samples.Imaging;

/// <summary>Turns pictures that a camera stored lying or mirrored, as their EXIF orientation says, and puts transparent ones on white.</summary>
internal static class Orientation
{
    public static SKImage Apply(SKBitmap stored, SKEncodedOrigin origin)
    {
        var isSideways = origin is SKEncodedOrigin.LeftTop or SKEncodedOrigin.RightTop or SKEncodedOrigin.RightBottom or SKEncodedOrigin.LeftBottom;
        var (width, height) = isSideways ? (stored.Height, stored.Width) : (stored.Width, stored.Height);
        using var upright = new SKBitmap(new SKImageInfo(width, height, SKColorType.Bgra8888, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(upright);
        canvas.Clear(SKColors.White);
        canvas.SetMatrix(GetMatrix(origin, stored.Width, stored.Height));
        canvas.DrawBitmap(stored, 0, 0, SKSamplingOptions.Default);

        // Images share the pixels of a bitmap that can't change any more, instead of copying them.
        upright.SetImmutable();
        return SKImage.FromBitmap(upright);
    }

    private static SKMatrix GetMatrix(SKEncodedOrigin origin, int w, int h) => origin switch
    {
        SKEncodedOrigin.TopRight => new SKMatrix(-1, 0, w, 0, 1, 0, 0, 0, 1),
        SKEncodedOrigin.BottomRight => new SKMatrix(-1, 0, w, 0, -1, h, 0, 0, 1),
        SKEncodedOrigin.BottomLeft => new SKMatrix(1, 0, 0, 0, -1, h, 0, 0, 1),
        SKEncodedOrigin.LeftTop => new SKMatrix(0, 1, 0, 1, 0, 0, 0, 0, 1),
        SKEncodedOrigin.RightTop => new SKMatrix(0, -1, h, 1, 0, 0, 0, 0, 1),
        SKEncodedOrigin.RightBottom => new SKMatrix(0, -1, h, -1, 0, w, 0, 0, 1),
        SKEncodedOrigin.LeftBottom => new SKMatrix(0, 1, 0, -1, 0, w, 0, 0, 1),
        _ => SKMatrix.Identity,
    };
}
