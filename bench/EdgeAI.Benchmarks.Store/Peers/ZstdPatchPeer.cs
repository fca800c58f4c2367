using EdgeAI.Benchmarks.Store.Processes;

namespace EdgeAI.Benchmarks.Store.Peers;

/// <summary>zstd at level 3 with the earlier version as its dictionary.</summary>
internal sealed class ZstdPatchPeer : IUpdatePeer
{
    public string Name => "zstd --patch-from";

    public string Program => "zstd";

    public string Package => "zstd";

    public async Task<long> MeasureAsync(string before, string after, WorkFolder work)
    {
        var patch = work.File("patch.zst");
        await new Command(Program, ["-3", "-T1", "-q", "--long=31", "--patch-from=" + before, after, "-o", patch]).RunAsync();
        return new FileInfo(patch).Length;
    }
}
