using EdgeAI.Benchmarks.Store.Peers;
using EdgeAI.Benchmarks.Store.Probes;

namespace EdgeAI.Benchmarks.Store.Measures;

/// <summary><c>restore_over_zstd</c>: the speed of exporting everything, over <c>zstd -d</c> of the same files.</summary>
internal sealed class RestoreMeasure : IMeasure
{
    public const string Name = "restore_over_zstd";

    private readonly ZstdPeer _zstd = new();

    public async Task RunAsync(BenchmarkContext context)
    {
        if (!context.Options.Wants(Name) || !ZstdSide.IsThere(_zstd, Name))
        {
            return;
        }

        BenchmarkContext.Say(Name);
        using var work = context.CreateWork();
        var (store, archive) = (work.Folder("store"), work.Folder("archive"));
        var (_, files) = await context.ImportAsync(context.Corpus.Select(), store);
        if (files.Size == 0)
        {
            BenchmarkContext.Say($"{Name}: the store takes nothing of this corpus");
            return;
        }

        await _zstd.Compress(files, archive).RunAsync();
        await new SpeedComparison(Name, files.Size, "zstd -d").RunAsync(
            context,
            () => _zstd.Decompress(files, archive, work.EmptyFolder("target")).TimeAsync(work.Folder("target")),
            async () => (await StoreProbe.ExportAsync(store, work.EmptyFolder("target"))).Seconds);
    }
}
