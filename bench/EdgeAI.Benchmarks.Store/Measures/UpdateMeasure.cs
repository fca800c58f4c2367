using EdgeAI.Benchmarks.Store.Corpora;
using EdgeAI.Benchmarks.Store.Peers;
using EdgeAI.Benchmarks.Store.Probes;
using EdgeAI.Benchmarks.Store.Reporting;
using EdgeAI.Models;
using EdgeAI.Storage;

namespace EdgeAI.Benchmarks.Store.Measures;

/// <summary><c>update_*</c>: bytes that must be moved to a node which has the earlier version, for each update of the corpus.</summary>
internal sealed class UpdateMeasure : IMeasure
{
    public const string Prefix = "update_";

    /// <summary>What the measure of bytes moved over the size of the new version ends in.</summary>
    public const string RatioSuffix = "_ratio";

    /// <summary>Nobody's skill: the file as it is.</summary>
    public const string Whole = "whole";

    public async Task RunAsync(BenchmarkContext context)
    {
        foreach (var update in context.Corpus.Updates.Where(update => context.Options.Wants(update.Measure)))
        {
            BenchmarkContext.Say(update.Measure);
            context.Report.Add(new Measurement(update.Measure, update.After.Size, Whole, Measurement.Bytes));
            await MeasureOursAsync(context, update);
            foreach (var peer in context.Peers.Updates)
            {
                await BenchmarkContext.TryPeerAsync(peer, () => MeasurePeerAsync(context, update, peer));
            }
        }
    }

    private static async Task MeasureOursAsync(BenchmarkContext context, CorpusUpdate update)
    {
        try
        {
            var moved = await CountMovedAsync(context, update);
            context.Report.Add(new Measurement(update.Measure, moved, Measurement.Ours, Measurement.Bytes));
            context.Report.Add(new Measurement(update.Measure + RatioSuffix, (double)moved / update.After.Size, Measurement.Ours, Measurement.Ratio));
        }
        catch (InvalidModelException exception)
        {
            var refused = exception.File.EndsWith(update.Before.MainFile.Name, StringComparison.Ordinal) ? update.Before : update.After;
            context.Report.Refuse(RefusedModel.From(refused.MainFile.Path, exception));
        }
    }

    private static async Task<long> CountMovedAsync(BenchmarkContext context, CorpusUpdate update)
    {
        using var work = context.CreateWork();
        var store = ModelStore.Open(work.Folder("store"));
        var before = await store.ImportAsync(update.Before.Reference, Source(context.Corpus, update.Before));
        await store.ImportAsync(update.After.Reference, Source(context.Corpus, update.After));
        return (await store.PlanUpdateAsync([before.Model.Digest], update.After.Reference)).MovedBytes;
    }

    // A peer knows files, not models: each file of the new version comes as a change of the old model file.
    private static async Task MeasurePeerAsync(BenchmarkContext context, CorpusUpdate update, IUpdatePeer peer)
    {
        var moved = 0L;
        foreach (var file in update.After.Files)
        {
            using var work = context.CreateWork();
            moved += await peer.MeasureAsync(Path.Combine(context.Corpus.Root, update.Before.MainFile.Path), Path.Combine(context.Corpus.Root, file.Path), work);
        }

        context.Report.Add(new Measurement(update.Measure, moved, peer.Name, Measurement.Bytes));
    }

    private static ModelSource Source(Corpus corpus, CorpusModel model) => ModelSource.FromFile(Path.Combine(corpus.Root, model.MainFile.Path));
}
