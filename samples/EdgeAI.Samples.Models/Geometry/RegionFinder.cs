namespace EdgeAI.Samples.Geometry;

/// <summary>Finds the regions of a map that are above a threshold: rows are cut into runs, and runs that touch are united (union-find).</summary>
internal sealed class RegionFinder
{
    private readonly List<PixelRun> _runs = [];
    private readonly List<int> _parents = [];

    private RegionFinder()
    {
    }

    public static IReadOnlyList<PixelRegion> Find(ReadOnlySpan<float> map, int width, float threshold)
    {
        var finder = new RegionFinder();
        var above = 0;
        for (var row = 0; row * width < map.Length; row++)
        {
            var current = finder._runs.Count;
            finder.AddRuns(map.Slice(row * width, width), row, threshold);
            finder.UniteWithRowAbove(above, current);
            above = current;
        }

        return finder.Collect();
    }

    private void AddRuns(ReadOnlySpan<float> values, int row, float threshold)
    {
        var start = -1;
        for (var x = 0; x <= values.Length; x++)
        {
            var inside = x < values.Length && values[x] > threshold;
            if (inside && start < 0)
            {
                start = x;
            }
            else if (!inside && start >= 0)
            {
                _parents.Add(_runs.Count);
                _runs.Add(new PixelRun(row, start, x));
                start = -1;
            }
        }
    }

    private void UniteWithRowAbove(int above, int current)
    {
        var end = _runs.Count;
        for (int upper = above, lower = current; upper < current && lower < end;)
        {
            if (_runs[lower].Touches(_runs[upper]))
            {
                _parents[FindRoot(lower)] = FindRoot(upper);
            }

            if (_runs[upper].End < _runs[lower].End)
            {
                upper++;
            }
            else
            {
                lower++;
            }
        }
    }

    private int FindRoot(int run)
    {
        while (_parents[run] != run)
        {
            run = _parents[run] = _parents[_parents[run]];
        }

        return run;
    }

    private List<PixelRegion> Collect()
    {
        var regions = new Dictionary<int, List<PixelRun>>();
        for (var i = 0; i < _runs.Count; i++)
        {
            var root = FindRoot(i);
            if (!regions.TryGetValue(root, out var runs))
            {
                regions.Add(root, runs = []);
            }

            runs.Add(_runs[i]);
        }

        return [.. regions.Values.Select(runs => new PixelRegion(runs))];
    }
}
