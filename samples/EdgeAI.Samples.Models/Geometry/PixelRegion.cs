using System.Numerics;

namespace EdgeAI.Samples.Geometry;

/// <summary>Pixels that hang together.</summary>
internal sealed class PixelRegion(IReadOnlyList<PixelRun> runs)
{
    public IReadOnlyList<PixelRun> Runs => runs;

    /// <summary>The centres of the pixels at the ends of the runs: enough for the convex hull, as all others lie between two of them.</summary>
    public IEnumerable<Vector2> Outline
    {
        get
        {
            foreach (var run in runs)
            {
                yield return new Vector2(run.Start + 0.5f, run.Row + 0.5f);
                yield return new Vector2(run.End - 0.5f, run.Row + 0.5f);
            }
        }
    }
}
