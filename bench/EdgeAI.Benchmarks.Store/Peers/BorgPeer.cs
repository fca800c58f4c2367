using EdgeAI.Benchmarks.Store.Corpora;
using EdgeAI.Benchmarks.Store.Processes;

namespace EdgeAI.Benchmarks.Store.Peers;

/// <summary>Borg without encryption, its chunks by zstd at level 3.</summary>
/// <param name="name">What it is called in tables.</param>
/// <param name="chunker">Borg's <c>--chunker-params</c>; null for its default of 2 MiB.</param>
internal sealed class BorgPeer(string name, string? chunker) : IArchivePeer
{
    /// <summary>Chunks of 64 KiB, between 16 and 256.</summary>
    public const string Chunks64K = "buzhash,14,18,16,4095";

    public string Name => name;

    public string Program => "borg";

    public string Package => "borgbackup";

    public Task PrepareAsync(WorkFolder work) => Borg(work, null, "init", "-e", "none", work.Folder("archive")).RunAsync();

    public Task StoreAsync(CorpusSelection files, WorkFolder work)
    {
        string[] chunks = chunker is null ? [] : ["--chunker-params", chunker];
        return Borg(work, files.Root, ["create", "--compression", "zstd,3", .. chunks, work.Folder("archive") + "::all", .. files.Files.Select(file => file.Path)])
            .RunAsync();
    }

    public Task RestoreAsync(CorpusSelection files, WorkFolder work) =>
        Borg(work, work.Folder("restored"), "extract", work.Folder("archive") + "::all").RunAsync();

    private Command Borg(WorkFolder work, string? directory, params string[] arguments) => new(Program, arguments)
    {
        Directory = directory,
        Environment = new Dictionary<string, string>
        {
            ["BORG_BASE_DIR"] = work.Folder("borg"),
            ["BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK"] = "yes",
        },
    };
}
