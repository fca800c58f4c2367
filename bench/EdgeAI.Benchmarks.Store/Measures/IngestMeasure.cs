using EdgeAI.Benchmarks.Store.Peers;
using EdgeAI.Benchmarks.Store.Probes;

namespace EdgeAI.Benchmarks.Store.Measures;

/// <summary><c>ingest_over_zstd3</c>: the speed of importing what the store takes of the corpus, over <c>zstd -3 -T1</c> on the same files.</summary>
internal sealed class IngestMeasure : IMeasure
{
    public const string Name = "ingest_over_zstd3";

    private readonly ZstdPeer _zstd = new();

    public async Task RunAsync(BenchmarkContext context)
    {
        if (!context.Options.Wants(Name) || !ZstdSide.IsThere(_zstd, Name))
        {
            return;
        }

        BenchmarkContext.Say(Name);
        using var work = context.CreateWork();

        // Also brings the corpus into the page cache, for both sides.
        var (_, files) = await context.ImportAsync(context.Corpus.Select(), work.EmptyFolder("target"));
        if (files.Size == 0)
        {
            BenchmarkContext.Say($"{Name}: the store takes nothing of this corpus");
            return;
        }

        await new SpeedComparison(Name, files.Size, _zstd.Name).RunAsync(
            context,
            () => _zstd.Compress(files, work.EmptyFolder("target")).TimeAsync(work.Folder("target")),
            async () => (await StoreProbe.ImportAsync(files, work.EmptyFolder("target"))).Seconds);
    }
}
