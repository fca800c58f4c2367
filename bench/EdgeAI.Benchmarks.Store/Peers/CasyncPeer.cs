using EdgeAI.Benchmarks.Store.Corpora;
using EdgeAI.Benchmarks.Store.Processes;

namespace EdgeAI.Benchmarks.Store.Peers;

/// <summary>casync with chunks of 64 KiB, by zstd. It stores folders, so of a whole corpus its two JSON files (some KB) go along.</summary>
internal sealed class CasyncPeer : IArchivePeer, IUpdatePeer
{
    public string Name => "casync 64K";

    public string Program => "casync";

    public string Package => "casync";

    public Task StoreAsync(CorpusSelection files, WorkFolder work)
    {
        var folder = files.Folders is [var single] ? Path.Combine(files.Root, single) : files.Root;
        return Make(work.Folder("archive"), "all.caidx", folder).RunAsync();
    }

    public Task RestoreAsync(CorpusSelection files, WorkFolder work)
    {
        var archive = work.Folder("archive");
        return new Command(Program, ["extract", "--store=" + Path.Combine(archive, "store"), Path.Combine(archive, "all.caidx"), work.Folder("restored")])
            .RunAsync();
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

    private Command Make(string archive, string index, string path) =>
        new(Program, ["make", "--chunk-size=64K", "--compression=zstd", "--store=" + Path.Combine(archive, "store"), Path.Combine(archive, index), path]);
}
