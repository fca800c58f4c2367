using System.Globalization;
using System.Numerics;
using EdgeAI.Samples.Geometry;
using SkiaSharp;

namespace EdgeAI.Samples.Imaging;

/// <summary>Draws numbered boxes onto a copy of a picture. The number stands where the line begins.</summary>
internal sealed class Annotator : IDisposable
{
    private const int Quality = 90;

    private readonly SKBitmap _bitmap;
    private readonly SKCanvas _canvas;
    private readonly float _digitHeight;
    private readonly SKPaint _box;
    private readonly SKPaint _label;
    private readonly SKPaint _digits;
    private int _count;

    public Annotator(Picture picture)
    {
        _bitmap = picture.ToBitmap();
        _canvas = new SKCanvas(_bitmap);
        _digitHeight = Math.Clamp(Math.Max(picture.Width, picture.Height) / 90f, 9, 40);
        var stroke = _digitHeight / 5;
        _box = new SKPaint { Color = new SKColor(0xd8, 0x1b, 0x60), Style = SKPaintStyle.Stroke, StrokeWidth = stroke, IsAntialias = true };
        _label = new SKPaint { Color = _box.Color, IsAntialias = true };
        _digits = new SKPaint { Color = SKColors.White, StrokeWidth = stroke, StrokeCap = SKStrokeCap.Round, IsAntialias = true };
    }

    public void Add(Quad area)
    {
        using var outline = new SKPathBuilder();
        outline.AddPoly([ToPoint(area.TopLeft), ToPoint(area.TopRight), ToPoint(area.BottomRight), ToPoint(area.BottomLeft)], close: true);
        using var path = outline.Detach();
        _canvas.DrawPath(path, _box);
        DrawLabel((++_count).ToString(CultureInfo.InvariantCulture), area);
    }

    /// <summary>Writes the picture: as JPEG where the name says so, as PNG otherwise.</summary>
    public void Save(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        using var file = File.Create(path);
        var isJpeg = Path.GetExtension(path).ToLowerInvariant() is ".jpg" or ".jpeg";
        _bitmap.Encode(file, isJpeg ? SKEncodedImageFormat.Jpeg : SKEncodedImageFormat.Png, Quality);
    }

    public void Dispose()
    {
        _digits.Dispose();
        _label.Dispose();
        _box.Dispose();
        _canvas.Dispose();
        _bitmap.Dispose();
    }

    private static SKPoint ToPoint(Vector2 point) => new(point.X, point.Y);

    // In front of the line, as its reader sees it, and not beyond the picture.
    private void DrawLabel(string number, Quad area)
    {
        var margin = _digitHeight / 3;
        var size = new Vector2(SegmentDigits.GetWidth(number, _digitHeight), _digitHeight) + new Vector2(2 * margin);
        var centre = area.TopLeft + (Vector2.Normalize(area.TopLeft - area.TopRight) * size.X / 2);
        var corner = Vector2.Clamp(centre - (size / 2), Vector2.Zero, Vector2.Max(Vector2.Zero, new Vector2(_bitmap.Width, _bitmap.Height) - size));
        _canvas.DrawRoundRect(corner.X, corner.Y, size.X, size.Y, margin, margin, _label);
        SegmentDigits.Draw(_canvas, number, corner.X + margin, corner.Y + margin, _digitHeight, _digits);
    }
}
