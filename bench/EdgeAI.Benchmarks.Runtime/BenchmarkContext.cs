using EdgeAI.Benchmarks.Runtime.Reporting;

namespace EdgeAI.Benchmarks.Runtime;

/// <summary>What every measure works with.</summary>
/// <param name="Options">What the command line asks for.</param>
/// <param name="Report">Where measurements go.</param>
internal sealed record BenchmarkContext(BenchmarkOptions Options, Report Report)
{
    /// <summary>A folder in the work place, made when it is not there.</summary>
    public string Folder(string name) => Directory.CreateDirectory(Path.Combine(Options.Work, name)).FullName;

    /// <summary>Says on the error stream what goes on.</summary>
    public static void Say(string what) => Console.Error.WriteLine($"… {what}");

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
