namespace EdgeAI.Benchmarks.Runtime.Measures;

/// <summary>Measures one thing, or several that are found together.</summary>
internal interface IMeasure
{
    /// <summary>Measures what the options ask for and tells the report; does nothing when they ask for none of it.</summary>
    Task RunAsync(BenchmarkContext context);
}
