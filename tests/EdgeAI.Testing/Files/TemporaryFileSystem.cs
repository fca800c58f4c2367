using EdgeAI.Testing.Processes;

namespace EdgeAI.Testing.Files;

/// <summary>A small disk in memory, to fill up or to make read-only. Linux only; needs the right to mount, as root or through sudo.</summary>
public sealed class TemporaryFileSystem : IAsyncDisposable
{
    private const string FillerName = "filler";

    private readonly TemporaryDirectory _folder = new();

    private TemporaryFileSystem()
    {
    }

    /// <summary>Where the disk is.</summary>
    public string Path => _folder.Path;

    private string Filler => _folder.Combine(FillerName);

    /// <summary>Makes a disk of a size, in bytes.</summary>
    public static async Task<TemporaryFileSystem> MountAsync(long size, CancellationToken cancellationToken)
    {
        var disk = new TemporaryFileSystem();
        await RunAsync(cancellationToken, "mount", "-t", "tmpfs", "-o", $"size={size},mode=0777", "tmpfs", disk.Path).ConfigureAwait(false);
        return disk;
    }

    /// <summary>Fills the disk but for some bytes.</summary>
    public void FillUpTo(long bytesLeft)
    {
        using var file = File.Create(Filler);
        var block = new byte[4096];
        while (new DriveInfo(Path).AvailableFreeSpace - block.Length >= bytesLeft)
        {
            file.Write(block);
            file.Flush();
        }
    }

    /// <summary>Takes away what <see cref="FillUpTo"/> wrote.</summary>
    public void Free() => File.Delete(Filler);

    /// <summary>Makes the disk read-only, or writable again.</summary>
    public Task SetReadOnlyAsync(bool isReadOnly, CancellationToken cancellationToken) =>
        RunAsync(cancellationToken, "mount", "-o", isReadOnly ? "remount,ro" : "remount,rw", Path);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // Lazily, for what a test that failed left open.
        await RunAsync(CancellationToken.None, "umount", "--lazy", Path).ConfigureAwait(false);
        _folder.Dispose();
    }

    private static async Task RunAsync(CancellationToken cancellationToken, params string[] command)
    {
        var privileged = Environment.IsPrivilegedProcess ? command : ["sudo", "--non-interactive", .. command];
        (await ChildProcess.RunAsync(privileged[0], privileged[1..], cancellationToken: cancellationToken).ConfigureAwait(false)).EnsureSuccess();
    }
}
