namespace EdgeAI.Samples.Geometry;

/// <summary>Neighbouring pixels in one row.</summary>
/// <param name="Row">The row.</param>
/// <param name="Start">The first column.</param>
/// <param name="End">The column after the last one.</param>
internal readonly record struct PixelRun(int Row, int Start, int End)
{
    /// <summary>Whether a run in the row above touches this one, at a side or a corner.</summary>
    public bool Touches(PixelRun above) => above.Start <= End && Start <= above.End;
}
