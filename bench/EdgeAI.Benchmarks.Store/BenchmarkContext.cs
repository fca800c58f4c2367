using EdgeAI.Benchmarks.Store.Corpora;
using EdgeAI.Benchmarks.Store.Peers;
using EdgeAI.Benchmarks.Store.Probes;
using EdgeAI.Benchmarks.Store.Processes;
using EdgeAI.Benchmarks.Store.Reporting;

namespace EdgeAI.Benchmarks.Store;

/// <summary>What every measure works with.</summary>
/// <param name="Options">What the command line asks for.</param>
/// <param name="Corpus">What is measured on.</param>
/// <param name="Peers">Who is measured beside the store.</param>
/// <param name="WorkPlace">The folder in which measures make theirs.</param>
/// <param name="Report">Where measurements go.</param>
internal sealed record BenchmarkContext(BenchmarkOptions Options, Corpus Corpus, KnownPeers Peers, string WorkPlace, Report Report)
{
    public WorkFolder CreateWork() => WorkFolder.Create(WorkPlace);

    /// <summary>Imports into a new store, and tells the report what was refused.</summary>
    /// <returns>What the import took, and those models that are in the store now.</returns>
    public async Task<(ProbeResult Probe, CorpusSelection Stored)> ImportAsync(CorpusSelection models, string store)
    {
        var probe = await StoreProbe.ImportAsync(models, store);
        foreach (var refused in probe.Refused)
        {
            Report.Refuse(refused);
        }

        return (probe, models.Without(probe.Refused.Select(refused => refused.Path).ToHashSet()));
    }

    /// <summary>Measures a peer. One that fails is left out, and said to be; the others are still measured.</summary>
    public static async Task TryPeerAsync(IPeer peer, Func<Task> measure)
    {
        try
        {
            await measure();
        }
        catch (CommandException exception)
        {
            Say($"{peer.Name} is left out: {exception.Message}");
        }
    }

    /// <summary>Says on the error stream what goes on.</summary>
    public static void Say(string what) => Console.Error.WriteLine($"… {what}");
}
