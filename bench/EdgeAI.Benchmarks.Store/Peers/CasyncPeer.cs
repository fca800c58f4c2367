using EdgeAI.Benchmarks.Store.Corpora;
using EdgeAI.Benchmarks.Store.Processes;

namespace EdgeAI.Benchmarks.Store.Peers;

/// <summary>casync with chunks of 64 KiB, by zstd; one index a file, one store for all.</summary>
internal sealed class CasyncPeer : IArchivePeer, IUpdatePeer
{
    public string Name => "casync 64K";

    public string Program => "casync";

    public string Package => "casync";

    public async Task StoreAsync(CorpusSelection files, WorkFolder work)
    {
        var archive = work.Folder("archive");
        foreach (var file in files.Files)
        {
            await Make(archive, IndexOf(file), files.FullPath(file)).RunAsync();
        }
    }

    public async Task RestoreAsync(CorpusSelection files, WorkFolder work)
    {
        var archive = work.Folder("archive");
        foreach (var file in files.Files)
        {
            var target = Path.Combine(work.Folder("restored"), IndexOf(file) + ".restored");
            await new Command(Program, ["extract", "--store=" + Path.Combine(archive, "store"), Path.Combine(archive, IndexOf(file)), target]).RunAsync();
        }
    }

    /// <inheritdoc/>
    /// <remarks>The chunks that the node lacks, and the index.</remarks>
    public async Task<long> MeasureAsync(string before, string after, WorkFolder work)
    {
        var archive = work.Folder("archive");
        await Make(archive, "before.caibx", before).RunAsync();
        var had = WorkFolder.Measure(archive);
        await Make(archive, "after.caibx", after).RunAsync();
        return WorkFolder.Measure(archive) - had;
    }

    private static string IndexOf(CorpusFile file) => file.Path.Replace('/', '-') + ".caibx";

    private Command Make(string archive, string index, string path) =>
        new(Program, ["make", "--chunk-size=64K", "--compression=zstd", "--store=" + Path.Combine(archive, "store"), Path.Combine(archive, index), path]);
}
