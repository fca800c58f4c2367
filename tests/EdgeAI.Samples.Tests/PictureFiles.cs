using SkiaSharp;

namespace EdgeAI.Samples.Tests;

/// <summary>Makes picture files.</summary>
internal static class PictureFiles
{
    public static void SaveBlank(string path, int width, int height)
    {
        using var bitmap = new SKBitmap(width, height);
        bitmap.Erase(SKColors.White);
        Save(bitmap, path);
    }

    public static void SaveTurned(string source, string path, float degrees)
    {
        using var original = SKBitmap.Decode(source);
        using var turned = new SKBitmap(original.Width, original.Height);
        using var canvas = new SKCanvas(turned);
        canvas.RotateDegrees(degrees, original.Width / 2f, original.Height / 2f);
        canvas.DrawBitmap(original, 0, 0, SKSamplingOptions.Default);
        Save(turned, path);
    }

    public static void Save(SKBitmap bitmap, string path)
    {
        using var file = File.Create(path);
        Assert.True(bitmap.Encode(file, SKEncodedImageFormat.Png, 100));
    }
}
