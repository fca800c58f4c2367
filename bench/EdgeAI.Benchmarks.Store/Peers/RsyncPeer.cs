using EdgeAI.Benchmarks.Store.Processes;

namespace EdgeAI.Benchmarks.Store.Peers;

/// <summary>
/// rsync's batch file (what it would send), by zstd at level 3: with <c>--compress</c> it writes batches that only its own sender understands.
/// What the node sends back first, its checksums, is not counted.
/// </summary>
internal sealed class RsyncPeer : IUpdatePeer
{
    public string Name => "rsync";

    public string Program => "rsync";

    public string Package => "rsync";

    public async Task<long> MeasureAsync(string before, string after, WorkFolder work)
    {
        // rsync compares with the file of that name where it would write; --only-write-batch leaves that file as it is.
        var node = Path.Combine(work.Folder("node"), Path.GetFileName(after));
        File.Copy(before, node);
        var batch = work.File("batch");
        await new Command(Program, ["--no-whole-file", "--ignore-times", "--only-write-batch=" + batch, after, node]).RunAsync();
        await new Command("zstd", ["-3", "-T1", "-q", batch]).RunAsync();
        return new FileInfo(batch + ".zst").Length;
    }
}
