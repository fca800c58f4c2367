using System.Numerics;

namespace EdgeAI.Samples.Geometry;

/// <summary>The convex hull of points, by Andrew's monotone chain.</summary>
internal static class ConvexHull
{
    /// <summary>The corners of the hull in order, without points in the middle of a side.</summary>
    public static List<Vector2> Of(IEnumerable<Vector2> points)
    {
        var sorted = points.Distinct().OrderBy(point => point.X).ThenBy(point => point.Y).ToArray();
        if (sorted.Length < 3)
        {
            return [.. sorted];
        }

        var hull = new List<Vector2>();
        AddChain(hull, sorted);
        hull.RemoveAt(hull.Count - 1);
        var lower = hull.Count;
        Array.Reverse(sorted);
        AddChain(hull, sorted, lower);
        hull.RemoveAt(hull.Count - 1);
        return hull;
    }

    private static void AddChain(List<Vector2> hull, ReadOnlySpan<Vector2> points, int start = 0)
    {
        foreach (var point in points)
        {
            while (hull.Count >= start + 2 && Cross(hull[^2], hull[^1], point) <= 0)
            {
                hull.RemoveAt(hull.Count - 1);
            }

            hull.Add(point);
        }
    }

    private static float Cross(Vector2 origin, Vector2 a, Vector2 b) =>
        ((a.X - origin.X) * (b.Y - origin.Y)) - ((a.Y - origin.Y) * (b.X - origin.X));
}
