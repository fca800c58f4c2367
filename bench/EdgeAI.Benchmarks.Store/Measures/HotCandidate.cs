using EdgeAI.Benchmarks.Store.Corpora;
using EdgeAI.Benchmarks.Store.Probes;

namespace EdgeAI.Benchmarks.Store.Measures;

/// <summary>A model that the store can lay out, and a small one of its kind to warm up with. Neither updates another, so neither is a delta.</summary>
internal sealed record HotCandidate(CorpusModel Model, CorpusModel WarmUp)
{
    /// <summary>The largest model that the store takes and lays out; null when it lays out none.</summary>
    public static async Task<HotCandidate?> FindAsync(BenchmarkContext context)
    {
        var all = context.Corpus.Select();
        using var work = context.CreateWork();
        var (_, stored) = await context.ImportAsync(all, work.Folder("all"));
        var models = stored.Models.Where(model => !model.IsUpdate).OrderByDescending(model => model.Size).ToArray();
        foreach (var model in models)
        {
            var extension = Path.GetExtension(model.MainFile.Path);
            var warmUp = models.LastOrDefault(other => other != model && Path.GetExtension(other.MainFile.Path) == extension);
            if (warmUp is not null
                && (await StoreProbe.MaterializeAsync(work.Folder("all"), warmUp.Reference, model.Reference)).Refused.Count == 0)
            {
                return new HotCandidate(model, warmUp);
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
        await StoreProbe.ImportAsync(context.Corpus.Select() with { Models = [WarmUp, Model] }, store);
        return await StoreProbe.MaterializeAsync(store, WarmUp.Reference, Model.Reference);
    }
}
