using System.Diagnostics;
using EdgeAI.Benchmarks.Store.Corpora;
using EdgeAI.Benchmarks.Store.Peers;
using EdgeAI.Benchmarks.Store.Probes;
using EdgeAI.Benchmarks.Store.Processes;
using EdgeAI.Benchmarks.Store.Reporting;

namespace EdgeAI.Benchmarks.Store.Measures;

/// <summary>
/// <c>stored_ratio</c>: bytes on disk over bytes of the corpus, all of a store's directory counted; of all, and of each part in a store of its own.
/// What the store refuses counts as kept plain, so that all sides are measured by the same bytes. Of all, ingest and restore are timed once.
/// </summary>
internal sealed class StoredRatioMeasure : IMeasure
{
    public const string Name = "stored_ratio";
    public const string Ingest = "ingest_mb_per_s";
    public const string Restore = "restore_mb_per_s";

    public async Task RunAsync(BenchmarkContext context)
    {
        foreach (var group in (string?[])[null, .. context.Corpus.Groups])
        {
            var measure = group is null ? Name : $"{Name}_{group}";
            if (context.Options.Wants(measure))
            {
                await MeasureAsync(context, measure, context.Corpus.Select(group));
            }
        }
    }

    private static async Task MeasureAsync(BenchmarkContext context, string measure, CorpusSelection files)
    {
        BenchmarkContext.Say($"{measure}: {Measurement.Ours}");
        await MeasureOursAsync(context, measure, files);
        foreach (var peer in context.Peers.Archives)
        {
            BenchmarkContext.Say($"{measure}: {peer.Name}");
            await BenchmarkContext.TryPeerAsync(peer, () => MeasurePeerAsync(context, measure, files, peer));
        }
    }

    private static async Task MeasureOursAsync(BenchmarkContext context, string measure, CorpusSelection files)
    {
        using var work = context.CreateWork();
        var store = work.Folder("store");
        var (import, stored) = await context.ImportAsync(files, store);
        var kept = WorkFolder.Measure(store) + files.Size - stored.Size;
        context.Report.Add(new Measurement(measure, (double)kept / files.Size, Measurement.Ours, Measurement.Ratio));
        if (files.Group is not null || stored.Size == 0)
        {
            return;
        }

        var restored = work.Folder("restored");
        var export = await StoreProbe.ExportAsync(store, restored);
        await RestoredFiles.RequireSameAsync(stored, restored);
        context.Report.Add(new Measurement(Ingest, stored.Size / 1e6 / import.Seconds, Measurement.Ours, Measurement.Speed));
        context.Report.Add(new Measurement(Restore, stored.Size / 1e6 / export.Seconds, Measurement.Ours, Measurement.Speed));
    }

    private static async Task MeasurePeerAsync(BenchmarkContext context, string measure, CorpusSelection files, IArchivePeer peer)
    {
        using var work = context.CreateWork();
        await peer.PrepareAsync(work);
        var ingest = Stopwatch.StartNew();
        await peer.StoreAsync(files, work);
        ingest.Stop();
        var kept = WorkFolder.Measure(work.Folder("archive"));
        context.Report.Add(new Measurement(measure, (double)kept / files.Size, peer.Name, Measurement.Ratio));
        if (files.Group is not null)
        {
            return;
        }

        var restore = Stopwatch.StartNew();
        await peer.RestoreAsync(files, work);
        restore.Stop();
        context.Report.Add(new Measurement(Ingest, files.Size / 1e6 / ingest.Elapsed.TotalSeconds, peer.Name, Measurement.Speed));
        context.Report.Add(new Measurement(Restore, files.Size / 1e6 / restore.Elapsed.TotalSeconds, peer.Name, Measurement.Speed));
    }
}
