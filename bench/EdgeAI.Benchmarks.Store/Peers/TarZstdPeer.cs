using EdgeAI.Benchmarks.Store.Corpora;
using EdgeAI.Benchmarks.Store.Processes;

namespace EdgeAI.Benchmarks.Store.Peers;

/// <summary>All files in one tar, by zstd at level 3 with a window of 2 GiB: finds what repeats, but gives no file by itself.</summary>
internal sealed class TarZstdPeer : IArchivePeer
{
    public string Name => "tar, zstd -3 --long=31";

    public string Program => "zstd";

    public string Package => "zstd";

    public Task StoreAsync(CorpusSelection files, WorkFolder work) =>
        new Command(
            "tar",
            ["-I", "zstd -3 -T1 --long=31", "-C", files.Root, "-cf", Path.Combine(work.Folder("archive"), "all.tar.zst"), .. files.Files.Select(file => file.Path)])
            .RunAsync();

    public Task RestoreAsync(CorpusSelection files, WorkFolder work) =>
        new Command("tar", ["-I", "zstd --long=31", "-C", work.Folder("restored"), "-xf", Path.Combine(work.Folder("archive"), "all.tar.zst")]).RunAsync();
}
