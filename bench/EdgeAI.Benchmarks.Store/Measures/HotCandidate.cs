using EdgeAI.Benchmarks.Store.Corpora;
using EdgeAI.Benchmarks.Store.Probes;

namespace EdgeAI.Benchmarks.Store.Measures;

/// <summary>A model that the store can lay out. It updates no other, so it is no delta.</summary>
internal sealed record HotCandidate(CorpusModel Model)
{
    /// <summary>The largest model that the store takes and lays out; null when it lays out none.</summary>
    public static async Task<HotCandidate?> FindAsync(BenchmarkContext context)
    {
        var all = context.Corpus.Select();
        using var work = context.CreateWork();
        var (_, stored) = await context.ImportAsync(all, work.Folder("all"));
        foreach (var model in stored.Models.Where(model => !model.IsUpdate).OrderByDescending(model => model.Size))
        {
            if ((await StoreProbe.MaterializeAsync(work.Folder("all"), model.Reference)).Refused.Count == 0)
            {
                return new HotCandidate(model);
            }
        }

        Console.Error.WriteLine("The store lays out none of the corpus' models.");
        return null;
    }

    /// <summary>Lays the model out from a new store, in a new process.</summary>
    /// <param name="context">The corpus.</param>
    /// <param name="store">An empty folder.</param>
    public async Task<ProbeResult> MaterializeAsync(BenchmarkContext context, string store)
    {
        await StoreProbe.ImportAsync(context.Corpus.Select() with { Models = [Model] }, store);
        return await StoreProbe.MaterializeAsync(store, Model.Reference);
    }
}
