using System.Runtime.InteropServices;

namespace EdgeAI.Storage.Durability;

/// <summary>Makes the names in a directory durable. A rename is on disk only when its directory is.</summary>
internal static partial class DirectorySync
{
    private const int ReadOnly = 0;

    // errno values; they mean the same wherever the rest of them differs.
    private const int InputOutput = 5;
    private const int NoSpace = 28;
    private const int NotPermitted = 1;
    private const int AccessDenied = 13;

    /// <summary>Makes a directory, and those above it, so that their names are on disk.</summary>
    public static void Create(string directory)
    {
        if (Directory.Exists(directory))
        {
            return;
        }

        var parent = Path.GetDirectoryName(directory);
        if (parent is not null)
        {
            Create(parent);
        }

        Directory.CreateDirectory(directory);
        if (parent is not null)
        {
            FlushIfReadable(parent);
        }
    }

    /// <summary>The same for a directory of somebody else's, which may allow to write in it, or to go through it, and not to open it.</summary>
    public static void FlushIfReadable(string directory)
    {
        try
        {
            Flush(directory);
        }
        catch (IOException exception) when (exception.HResult is NotPermitted or AccessDenied)
        {
        }
    }

    public static void Flush(string directory)
    {
        // Windows orders directory changes in its journal, and offers no flush of a directory handle to ordinary users.
        if (OperatingSystem.IsWindows())
        {
            FlushEvents.Raise(directory);
            return;
        }

        var descriptor = Open(directory, ReadOnly);
        if (descriptor < 0)
        {
            throw new IOException($"The directory '{directory}' could not be opened to flush it.", Marshal.GetLastPInvokeError());
        }

        // Some file systems have no flush for directories and say so; what they promise for renames is all there is.
        var error = Fsync(descriptor) == 0 ? 0 : Marshal.GetLastPInvokeError();
        _ = Close(descriptor);
        if (error is InputOutput or NoSpace)
        {
            throw new IOException($"The directory '{directory}' could not be put on disk.", error);
        }

        FlushEvents.Raise(directory);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
