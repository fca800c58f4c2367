using EdgeAI.Benchmarks.Store.Corpora;
using EdgeAI.Benchmarks.Store.Processes;

namespace EdgeAI.Benchmarks.Store.Peers;

/// <summary>zstd at level 3 on one thread, each file by itself. One process for all files.</summary>
internal sealed class ZstdPeer : IArchivePeer
{
    public string Name => "zstd -3";

    public string Program => "zstd";

    public string Package => "zstd";

    public Task StoreAsync(CorpusSelection files, WorkFolder work) => Compress(files, work.Folder("archive")).RunAsync();

    public Task RestoreAsync(CorpusSelection files, WorkFolder work) =>
        Decompress(files, work.Folder("archive"), work.Folder("restored")).RunAsync();

    public Command Compress(CorpusSelection files, string archive) =>
        new(Program, ["-3", "-T1", "-q", "--output-dir-mirror", archive, .. files.Files.Select(file => file.Path)]) { Directory = files.Root };

    public Command Decompress(CorpusSelection files, string archive, string target) =>
        new(Program, ["-d", "-q", "--output-dir-mirror", target, .. files.Files.Select(file => file.Path + ".zst")]) { Directory = archive };
}
