using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace EdgeAI.Storage.Durability;

/// <summary>
/// Bytes that are on the disk once and in several files: by a second name for a file that nobody writes to, or, on file systems that can (XFS, btrfs), by blocks that two files share
/// until one of them is written to. Where it can't be had, callers copy. macOS has clones of whole files only and Windows those of ReFS; this is where they would go.
/// </summary>
internal static partial class SharedFile
{
    private const UnixFileMode Write = UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    // FICLONERANGE: _IOW(0x94, 13, struct file_clone_range), the same on x64 and arm64.
    private const nuint CloneRange = 0x4020940D;

    /// <summary>The block size that clones must keep to; files of larger blocks refuse.</summary>
    public const int CloneAlignment = 4096;

    /// <summary>Takes everybody's right to write to a file. On Windows a file that is read-only can't be deleted, and none is shared.</summary>
    public static void MakeReadOnly(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, File.GetUnixFileMode(path) & ~Write);
        }
    }

    /// <summary>Whether nobody has the right to write to a file, so that it may have several names.</summary>
    public static bool IsReadOnly(string path) => !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Write) == 0;

    /// <summary>Gives a file a second name, if that can be had.</summary>
    public static bool TryLink(string existing, string path) => !OperatingSystem.IsWindows() && Link(existing, path) == 0;

    /// <summary>Lets a file have blocks of another one, if that can be had.</summary>
    /// <param name="source">The file that has the blocks.</param>
    /// <param name="sourceOffset">Where they begin there; a multiple of <see cref="CloneAlignment"/>.</param>
    /// <param name="destination">The file that is to have them.</param>
    /// <param name="offset">Where they go; a multiple of <see cref="CloneAlignment"/>.</param>
    /// <param name="length">How many bytes; a multiple of <see cref="CloneAlignment"/>.</param>
    public static unsafe bool TryClone(SafeFileHandle source, long sourceOffset, SafeFileHandle destination, long offset, long length)
    {
        if (!OperatingSystem.IsLinux() || length == 0)
        {
            return false;
        }

        var range = new FileCloneRange(source.DangerousGetHandle(), sourceOffset, length, offset);
        var isCloned = Control(destination, CloneRange, &range) == 0;
        GC.KeepAlive(source);
        return isCloned;
    }

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string path);

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static unsafe partial int Control(SafeFileHandle file, nuint request, FileCloneRange* range);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct FileCloneRange(long Source, long SourceOffset, long Length, long Offset);
}
