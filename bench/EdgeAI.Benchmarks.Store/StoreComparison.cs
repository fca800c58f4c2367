using EdgeAI.Benchmarks.Store.Corpora;
using EdgeAI.Benchmarks.Store.Measures;
using EdgeAI.Benchmarks.Store.Peers;
using EdgeAI.Benchmarks.Store.Reporting;

namespace EdgeAI.Benchmarks.Store;

/// <summary>Measures the store and its peers on a corpus, one after the other, and prints tables.</summary>
internal static class StoreComparison
{
    private const string Memory = "/dev/shm";

    private static readonly IMeasure[] Measures =
    [
        new StoredRatioMeasure(), new UpdateMeasure(), new IngestMeasure(), new RestoreMeasure(), new MaterializeMeasure(), new MemoryMeasure(),
    ];

    public static async Task<int> RunAsync(BenchmarkOptions options)
    {
        var corpus = Corpus.Load(options.Corpus);
        var workPlace = options.Work is null ? ChooseWorkPlace(corpus.Select().Size) : Directory.CreateDirectory(options.Work).FullName;
        BenchmarkContext.Say($"stores and copies are made in {workPlace}; speeds include flushing only on our side, which costs nothing in memory");
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

    // A peer's archive and what is restored from it lie there at once, beside the corpus in the page cache.
    private static string ChooseWorkPlace(long corpusSize) =>
        Directory.Exists(Memory)
            && new DriveInfo(Memory).AvailableFreeSpace > 3 * corpusSize
            && GC.GetGCMemoryInfo().TotalAvailableMemoryBytes > 6 * corpusSize
            ? Memory
            : Path.GetTempPath();
}
