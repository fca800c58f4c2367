using EdgeAI.Benchmarks.Store.Corpora;
using EdgeAI.Benchmarks.Store.Processes;

namespace EdgeAI.Benchmarks.Store.Peers;

/// <summary>restic as it comes: chunks of 512 KiB to 8 MiB, zstd, always encrypted.</summary>
internal sealed class ResticPeer : IArchivePeer
{
    public string Name => "restic";

    public string Program => "restic";

    public string Package => "restic";

    public Task PrepareAsync(WorkFolder work) => Restic(work, null, "init").RunAsync();

    public Task StoreAsync(CorpusSelection files, WorkFolder work) =>
        Restic(work, files.Root, ["backup", "-q", .. files.Files.Select(file => file.Path)]).RunAsync();

    public Task RestoreAsync(CorpusSelection files, WorkFolder work) =>
        Restic(work, null, "restore", "-q", "latest", "--target", work.Folder("restored")).RunAsync();

    private Command Restic(WorkFolder work, string? directory, params string[] arguments) => new(Program, ["--no-cache", .. arguments])
    {
        Directory = directory,
        Environment = new Dictionary<string, string>
        {
            ["RESTIC_REPOSITORY"] = work.Folder("archive"),
            ["RESTIC_PASSWORD"] = "benchmark",
            ["TMPDIR"] = work.Folder("restic"),
        },
    };
}
