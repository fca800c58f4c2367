using EdgeAI.Benchmarks.Store.Corpora;
using EdgeAI.Benchmarks.Store.Measures;
using EdgeAI.Benchmarks.Store.Peers;
using EdgeAI.Benchmarks.Store.Reporting;

namespace EdgeAI.Benchmarks.Store;

/// <summary>Measures the store and its peers on a corpus, one after the other, and prints tables.</summary>
internal static class StoreComparison
{
    private static readonly IMeasure[] Measures =
    [
        new StoredRatioMeasure(), new UpdateMeasure(), new IngestMeasure(), new RestoreMeasure(), new MaterializeMeasure(), new MemoryMeasure(),
    ];

    public static async Task<int> RunAsync(BenchmarkOptions options)
    {
        var corpus = Corpus.Load(options.Corpus);
        var workPlace = Directory.CreateDirectory(options.Work ?? Path.GetTempPath()).FullName;
        BenchmarkContext.Say($"stores and copies are made in {workPlace}; speeds include putting the files on disk, on both sides");
        var context = new BenchmarkContext(options, corpus, KnownPeers.Find(options.Peers), workPlace, new Report());
        foreach (var measure in Measures)
        {
            await measure.RunAsync(context);
        }

        Console.WriteLine(context.Report.ToMarkdown());
        if (options.Json is not null)
        {
            await File.WriteAllTextAsync(options.Json, context.Report.ToJson());
        }

        return context.Report.IsEmpty ? throw new ArgumentException($"No measure is called '{string.Join(',', options.Only)}'.") : 0;
    }
}
