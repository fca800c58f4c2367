using System.Numerics;

namespace EdgeAI.Samples.Geometry;

/// <summary>Pixels that hang together.</summary>
internal sealed class PixelRegion(IReadOnlyList<PixelRun> runs)
{
    public IReadOnlyList<PixelRun> Runs => runs;

    /// <summary>The corners of the runs: enough for the convex hull, as all other points lie between two of them.</summary>
    public IEnumerable<Vector2> Corners
    {
        get
        {
            foreach (var run in runs)
            {
                yield return new Vector2(run.Start, run.Row);
                yield return new Vector2(run.End, run.Row);
                yield return new Vector2(run.Start, run.Row + 1);
                yield return new Vector2(run.End, run.Row + 1);
            }
        }
    }
}
