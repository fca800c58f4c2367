using SkiaSharp;

namespace EdgeAI.Samples.Imaging;

/// <summary>Draws the picture that comes with the sample: a shop's notice board with cards at several angles.</summary>
internal sealed class SampleDrawing(SKTypeface typeface)
{
    private const int Width = 960;
    private const int Height = 720;

    private static readonly SKColor Board = new(0xe9, 0xe4, 0xd8);
    private static readonly SKColor Ink = new(0x20, 0x28, 0x30);
    private static readonly SKColor Red = new(0xb3, 0x1b, 0x1b);
    private static readonly SKColor Blue = new(0x1a, 0x4d, 0x8f);
    private static readonly SKColor Yellow = new(0xff, 0xf3, 0xb0);
    private static readonly SKColor Green = new(0xd5, 0xec, 0xd4);

    public void Save(string path)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(Width, Height, SKColorType.Bgra8888, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(Board);
        DrawHeading(canvas);
        DrawCards(canvas);
        using var file = File.Create(path);
        bitmap.Encode(file, SKEncodedImageFormat.Png, 100);
    }

    private void DrawHeading(SKCanvas canvas)
    {
        DrawCard(canvas, new SKPoint(480, 78), 0, new SKSize(840, 116), SKColors.White);
        DrawText(canvas, "EdgeAI runs models on this machine", new SKPoint(480, 62), 0, 40, Ink);
        DrawText(canvas, "本地运行人工智能模型", new SKPoint(480, 114), 0, 34, Blue);
    }

    private void DrawCards(SKCanvas canvas)
    {
        DrawCard(canvas, new SKPoint(250, 240), -7, new SKSize(400, 130), Yellow);
        DrawText(canvas, "Open daily 08:30 - 17:45", new SKPoint(247, 216), -7, 30, Ink);
        DrawText(canvas, "营业时间每天", new SKPoint(253, 264), -7, 30, Red);

        DrawCard(canvas, new SKPoint(660, 250), 12, new SKSize(330, 90), Green);
        DrawText(canvas, "Order No. 2026-0714", new SKPoint(660, 250), 12, 31, Ink);

        DrawCard(canvas, new SKPoint(300, 430), 180, new SKSize(440, 80), SKColors.White);
        DrawText(canvas, "This card hangs upside down", new SKPoint(300, 430), 180, 30, Blue);

        DrawCard(canvas, new SKPoint(890, 450), 90, new SKSize(380, 80), Yellow);
        DrawText(canvas, "Turned to the right", new SKPoint(890, 450), 90, 34, Red);

        DrawCard(canvas, new SKPoint(660, 460), -25, new SKSize(300, 84), SKColors.White);
        DrawText(canvas, "欢迎光临", new SKPoint(660, 460), -25, 48, Red);

        DrawCard(canvas, new SKPoint(270, 600), 3, new SKSize(420, 150), Green);
        DrawText(canvas, "Total: 1,234.50 EUR", new SKPoint(272, 565), 3, 34, Ink);
        DrawText(canvas, "合计9876元", new SKPoint(268, 630), 3, 36, Ink);

        DrawText(canvas, "drawn by code, read by code", new SKPoint(670, 662), 0, 24, Ink);
    }

    private static void DrawCard(SKCanvas canvas, SKPoint centre, float degrees, SKSize size, SKColor color)
    {
        using var paint = new SKPaint { Color = color, IsAntialias = true };
        Turned(canvas, centre, degrees, () => canvas.DrawRoundRect(-size.Width / 2, -size.Height / 2, size.Width, size.Height, 8, 8, paint));
    }

    private void DrawText(SKCanvas canvas, string text, SKPoint centre, float degrees, float size, SKColor color)
    {
        using var font = new SKFont(typeface, size) { Edging = SKFontEdging.Antialias };
        using var paint = new SKPaint { Color = color, IsAntialias = true };
        var baseline = -(font.Metrics.Ascent + font.Metrics.Descent) / 2;
        Turned(canvas, centre, degrees, () => canvas.DrawText(text, 0, baseline, SKTextAlign.Center, font, paint));
    }

    private static void Turned(SKCanvas canvas, SKPoint centre, float degrees, Action draw)
    {
        canvas.Save();
        canvas.Translate(centre);
        canvas.RotateDegrees(degrees);
        draw();
        canvas.Restore();
    }
}
