using System.Globalization;
using SkiaSharp;

namespace EdgeAI.Benchmarks.Runtime.Reporting;

/// <summary>Lines of memory over the requests of a run, and what the budget allows, as a picture.</summary>
internal static class MemoryChart
{
    private const int Width = 1200;
    private const int Height = 640;
    private const int Left = 90;
    private const int Right = 30;
    private const int Top = 60;
    private const int Bottom = 60;

    /// <summary>Draws it.</summary>
    /// <param name="path">The PNG.</param>
    /// <param name="title">What was run.</param>
    /// <param name="budget">What the budget allows, in MB.</param>
    /// <param name="requests">The requests that were done at each point.</param>
    /// <param name="lines">Names, and MB at each point.</param>
    public static void Save(string path, string title, double budget, IReadOnlyList<int> requests, params (string Name, SKColor Color, IReadOnlyList<double> Values)[] lines)
    {
        using var surface = SKSurface.Create(new SKImageInfo(Width, Height));
        var canvas = surface.Canvas;
        canvas.Clear(SKColors.White);
        using var typeface = FindTypeface();
        using var font = new SKFont(typeface, 18);
        using var text = new SKPaint { Color = new SKColor(0x22, 0x22, 0x22), IsAntialias = true };
        canvas.DrawText(title, Left, 34, SKTextAlign.Left, font, text);

        var top = Math.Max(budget, lines.Max(line => line.Values.Max())) * 1.15;
        var last = requests[^1];
        DrawGrid(canvas, font, text, top, last);
        DrawLine(canvas, SKColors.Crimson, [(X(0, last), Y(budget, top)), (X(last, last), Y(budget, top))], isDashed: true);
        canvas.DrawText("budget", X(last, last) - 70, Y(budget, top) - 8, SKTextAlign.Left, font, text);
        for (var i = 0; i < lines.Length; i++)
        {
            var (name, color, values) = lines[i];
            DrawLine(canvas, color, [.. values.Select((value, point) => (X(requests[point], last), Y(value, top)))], isDashed: false);
            using var swatch = new SKPaint { Color = color };
            canvas.DrawRect(Left + 20 + (i * 260), Top + 8, 22, 6, swatch);
            canvas.DrawText(name, Left + 50 + (i * 260), Top + 17, SKTextAlign.Left, font, text);
        }

        using var image = surface.Snapshot();
        using var data = image.Encode(SKEncodedImageFormat.Png, 100);
        using var file = File.Create(path);
        data.SaveTo(file);
    }

    // The native library without dependencies finds no fonts by itself; where there are none, the lines stand without words.
    private static SKTypeface FindTypeface()
    {
        const string Fonts = "/usr/share/fonts";
        var file = Directory.Exists(Fonts) ? Directory.EnumerateFiles(Fonts, "*Sans*.ttf", SearchOption.AllDirectories).Order(StringComparer.Ordinal).FirstOrDefault() : null;
        return (file is null ? null : SKTypeface.FromFile(file)) ?? SKTypeface.CreateDefault();
    }

    private static float X(double request, double last) => (float)(Left + ((Width - Left - Right) * request / last));

    private static float Y(double value, double top) => (float)(Height - Bottom - ((Height - Top - Bottom) * value / top));

    private static void DrawGrid(SKCanvas canvas, SKFont font, SKPaint text, double top, int last)
    {
        using var grid = new SKPaint { Color = new SKColor(0xdd, 0xdd, 0xdd), StrokeWidth = 1 };
        var step = Math.Pow(10, Math.Floor(Math.Log10(top)));
        step = top / step < 3 ? step / 2 : step;
        for (double value = 0; value < top; value += step)
        {
            canvas.DrawLine(Left, Y(value, top), Width - Right, Y(value, top), grid);
            canvas.DrawText(value.ToString("F0", CultureInfo.InvariantCulture), 20, Y(value, top) + 6, SKTextAlign.Left, font, text);
        }

        canvas.DrawText("MB", 20, Top - 8, SKTextAlign.Left, font, text);
        for (var i = 0; i <= 4; i++)
        {
            canvas.DrawText((last * i / 4).ToString(CultureInfo.InvariantCulture), X(last * i / 4.0, last) - 16, Height - 28, SKTextAlign.Left, font, text);
        }

        canvas.DrawText("requests", (Width / 2) - 40, Height - 8, SKTextAlign.Left, font, text);
    }

    private static void DrawLine(SKCanvas canvas, SKColor color, IReadOnlyList<(float X, float Y)> points, bool isDashed)
    {
        using var effect = isDashed ? SKPathEffect.CreateDash([12, 8], 0) : null;
        using var paint = new SKPaint { Color = color, StrokeWidth = 2.5f, IsStroke = true, IsAntialias = true, PathEffect = effect };
        for (var i = 1; i < points.Count; i++)
        {
            canvas.DrawLine(points[i - 1].X, points[i - 1].Y, points[i].X, points[i].Y, paint);
        }
    }
}
