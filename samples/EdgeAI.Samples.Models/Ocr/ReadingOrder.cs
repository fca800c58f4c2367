namespace EdgeAI.Samples.Ocr;

/// <summary>From top to bottom, and from left to right what stands side by side.</summary>
internal static class ReadingOrder
{
    public static IReadOnlyList<DetectedText> Sort(IEnumerable<DetectedText> lines)
    {
        var rows = new List<List<DetectedText>>();
        foreach (var line in lines.OrderBy(line => line.Area.Centre.Y))
        {
            if (rows.Count > 0 && AreSideBySide(rows[^1][0], line))
            {
                rows[^1].Add(line);
            }
            else
            {
                rows.Add([line]);
            }
        }

        return [.. rows.SelectMany(row => row.OrderBy(line => line.Area.Centre.X))];
    }

    private static bool AreSideBySide(DetectedText a, DetectedText b) =>
        MathF.Abs(a.Area.Centre.Y - b.Area.Centre.Y) < MathF.Min(a.Area.Height, b.Area.Height) / 2;
}
