using System.Numerics;

namespace EdgeAI.Samples.Geometry;

/// <summary>Four corners, named as a reader sees them: text runs from the left side to the right one.</summary>
internal readonly record struct Quad(Vector2 TopLeft, Vector2 TopRight, Vector2 BottomRight, Vector2 BottomLeft)
{
    public float Width => MathF.Max(Vector2.Distance(TopLeft, TopRight), Vector2.Distance(BottomLeft, BottomRight));

    public float Height => MathF.Max(Vector2.Distance(TopLeft, BottomLeft), Vector2.Distance(TopRight, BottomRight));

    public Vector2 Centre => (TopLeft + TopRight + BottomRight + BottomLeft) / 4;

    public static Quad FromSize(float width, float height) => new(Vector2.Zero, new(width, 0), new(width, height), new(0, height));

    /// <summary>The same four points for a reader whose head is turned a quarter to the right: what was the right side is the top.</summary>
    public Quad TurnQuarter() => new(TopRight, BottomRight, BottomLeft, TopLeft);

    /// <summary>The same four points for a reader who stands on the other side of the page.</summary>
    public Quad TurnHalf() => new(BottomRight, BottomLeft, TopLeft, TopRight);

    public Quad Scale(Vector2 factor) => new(TopLeft * factor, TopRight * factor, BottomRight * factor, BottomLeft * factor);
}
