using System.Numerics;
using EdgeAI.Samples.Geometry;

namespace EdgeAI.Samples.Ocr;

/// <summary>
/// Finds lines in what a DB detector (differentiable binarization, arXiv 1911.08947) puts out: for each pixel, how likely it is in the
/// core of a line.
/// </summary>
internal sealed class TextMapDecoder
{
    /// <summary>From which probability on a pixel counts as text.</summary>
    public float PixelThreshold { get; init; } = 0.3f;

    /// <summary>The mean probability that a box must have.</summary>
    public float BoxThreshold { get; init; } = 0.6f;

    /// <summary>How far boxes grow: the network is trained on cores, which are lines shrunk by their area over their perimeter.</summary>
    public float UnclipRatio { get; init; } = 1.5f;

    /// <summary>The shortest side of a core, in pixels of the map.</summary>
    public float MinimumSide { get; init; } = 3;

    /// <summary>The lines of a map, in pixels of the map.</summary>
    public IEnumerable<(RotatedRectangle Box, float Score)> Decode(ReadOnlySpan<float> map, int width)
    {
        var boxes = new List<(RotatedRectangle, float)>();
        foreach (var region in RegionFinder.Find(map, width, PixelThreshold))
        {
            // The score is that of the pixels whose centres are inside; their other halves belong to the core as well.
            var inner = MinimumAreaRectangle.Around(region.Outline);
            var core = inner.Grow(0.5f);
            if (core.ShortSide >= MinimumSide && Score(map, width, inner) is var score && score >= BoxThreshold)
            {
                boxes.Add((Unclip(core), score));
            }
        }

        return boxes;
    }

    /// <summary>From the core of a line to the whole of it.</summary>
    public RotatedRectangle Unclip(RotatedRectangle core) => core.Grow(core.Area * UnclipRatio / core.Perimeter);

    private static float Score(ReadOnlySpan<float> map, int width, RotatedRectangle box)
    {
        var quad = box.ToQuad();
        var low = Vector2.Min(Vector2.Min(quad.TopLeft, quad.TopRight), Vector2.Min(quad.BottomRight, quad.BottomLeft));
        var high = Vector2.Max(Vector2.Max(quad.TopLeft, quad.TopRight), Vector2.Max(quad.BottomRight, quad.BottomLeft));
        var (sum, count) = (0f, 0);
        for (var y = Math.Max(0, (int)low.Y); y <= Math.Min((map.Length / width) - 1, (int)high.Y); y++)
        {
            for (var x = Math.Max(0, (int)low.X); x <= Math.Min(width - 1, (int)high.X); x++)
            {
                if (box.Contains(new Vector2(x + 0.5f, y + 0.5f)))
                {
                    sum += map[(y * width) + x];
                    count++;
                }
            }
        }

        return count == 0 ? 0 : sum / count;
    }
}
