using EdgeAI.Benchmarks.Store.Corpora;
using EdgeAI.Benchmarks.Store.Peers;

namespace EdgeAI.Benchmarks.Store.Measures;

/// <summary><c>materialize_over_zstd</c>: the speed of laying out the largest model that is no update, in a process that has laid out one of its kind, over <c>zstd -d</c> of its files.</summary>
internal sealed class MaterializeMeasure : IMeasure
{
    public const string Name = "materialize_over_zstd";

    private readonly ZstdPeer _zstd = new();

    public async Task RunAsync(BenchmarkContext context)
    {
        if (!context.Options.Wants(Name) || !ZstdSide.IsThere(_zstd, Name) || await HotCandidate.FindAsync(context) is not { } candidate)
        {
            return;
        }

        BenchmarkContext.Say($"{Name}: {candidate.Model.MainFile.Path}");
        using var work = context.CreateWork();
        var files = new CorpusSelection(context.Corpus.Root, null, [candidate.Model]);
        var archive = work.Folder("archive");
        await _zstd.Compress(files, archive).RunAsync();
        await new SpeedComparison(Name, files.Size, "zstd -d").RunAsync(
            context,
            () => _zstd.Decompress(files, archive, work.EmptyFolder("target")).TimeAsync(work.Folder("target")),
            async () => (await candidate.MaterializeAsync(context, work.EmptyFolder("target"))).Seconds);
    }
}
