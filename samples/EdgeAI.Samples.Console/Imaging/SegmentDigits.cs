using SkiaSharp;

namespace EdgeAI.Samples.Imaging;

/// <summary>Draws numbers in seven segments, for machines that have no font.</summary>
internal static class SegmentDigits
{
    private const float WidthOfHeight = 0.55f;
    private const float AdvanceOfHeight = 0.85f;

    // Of each segment, where it begins and ends, in widths and half heights of a digit; bit 0 of a digit below is the first.
    private static readonly (int X1, int Y1, int X2, int Y2)[] Segments =
        [(0, 0, 1, 0), (1, 0, 1, 1), (1, 1, 1, 2), (0, 2, 1, 2), (0, 1, 0, 2), (0, 0, 0, 1), (0, 1, 1, 1)];

    private static readonly byte[] Digits = [0x3f, 0x06, 0x5b, 0x4f, 0x66, 0x6d, 0x7d, 0x07, 0x7f, 0x6f];

    public static float GetWidth(string digits, float height) =>
        height * (((digits.Length - 1) * AdvanceOfHeight) + WidthOfHeight);

    public static void Draw(SKCanvas canvas, string digits, float x, float y, float height, SKPaint paint)
    {
        foreach (var digit in digits)
        {
            DrawDigit(canvas, Digits[digit - '0'], x, y, height, paint);
            x += height * AdvanceOfHeight;
        }
    }

    private static void DrawDigit(SKCanvas canvas, byte segments, float x, float y, float height, SKPaint paint)
    {
        var width = height * WidthOfHeight;
        for (var i = 0; i < Segments.Length; i++)
        {
            if ((segments & (1 << i)) != 0)
            {
                var (x1, y1, x2, y2) = Segments[i];
                canvas.DrawLine(x + (x1 * width), y + (y1 * height / 2), x + (x2 * width), y + (y2 * height / 2), paint);
            }
        }
    }
}
