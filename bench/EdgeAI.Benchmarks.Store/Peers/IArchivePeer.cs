using EdgeAI.Benchmarks.Store.Corpora;
using EdgeAI.Benchmarks.Store.Processes;

namespace EdgeAI.Benchmarks.Store.Peers;

/// <summary>A peer that keeps files and gives them back.</summary>
internal interface IArchivePeer : IPeer
{
    /// <summary>Makes what a user makes once, before the first file.</summary>
    Task PrepareAsync(WorkFolder work) => Task.CompletedTask;

    /// <summary>Stores files in the folder <c>archive</c> of <paramref name="work"/>; only what is there counts as stored.</summary>
    Task StoreAsync(CorpusSelection files, WorkFolder work);

    /// <summary>Writes what was stored into the folder <c>restored</c> of <paramref name="work"/>.</summary>
    Task RestoreAsync(CorpusSelection files, WorkFolder work);
}
