using System.Numerics;

namespace EdgeAI.Samples.Geometry;

/// <summary>The smallest rectangle around points. One of its sides lies on a side of their convex hull, so each of those is tried.</summary>
internal static class MinimumAreaRectangle
{
    public static RotatedRectangle Around(IEnumerable<Vector2> points)
    {
        var hull = ConvexHull.Of(points);
        if (hull.Count == 0)
        {
            throw new ArgumentException("There is no rectangle around no points.", nameof(points));
        }

        var best = Along(hull, Vector2.UnitX);
        for (var i = 0; i < hull.Count; i++)
        {
            var side = hull[(i + 1) % hull.Count] - hull[i];
            if (side != Vector2.Zero && Along(hull, Vector2.Normalize(side)) is var candidate && candidate.Area < best.Area)
            {
                best = candidate;
            }
        }

        return best;
    }

    private static RotatedRectangle Along(List<Vector2> hull, Vector2 axis)
    {
        var normal = new Vector2(-axis.Y, axis.X);
        var low = new Vector2(float.PositiveInfinity);
        var high = new Vector2(float.NegativeInfinity);
        foreach (var point in hull)
        {
            var projected = new Vector2(Vector2.Dot(point, axis), Vector2.Dot(point, normal));
            low = Vector2.Min(low, projected);
            high = Vector2.Max(high, projected);
        }

        var centre = (low + high) / 2;
        var size = high - low;
        return new RotatedRectangle((axis * centre.X) + (normal * centre.Y), axis, size.X, size.Y);
    }
}
