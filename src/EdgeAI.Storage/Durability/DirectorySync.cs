using System.Runtime.InteropServices;

namespace EdgeAI.Storage.Durability;

/// <summary>Makes the names in a directory durable. A rename is on disk only when its directory is.</summary>
internal static partial class DirectorySync
{
    private const int ReadOnly = 0;

    public static void Flush(string directory)
    {
        // Windows orders directory changes in its journal, and offers no flush of a directory handle to ordinary users.
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = Open(directory, ReadOnly);
        if (descriptor < 0)
        {
            throw new IOException($"The directory '{directory}' could not be opened to flush it.", Marshal.GetLastPInvokeError());
        }

        // Some file systems have no flush for directories and say so; what they promise for renames is all there is.
        _ = Fsync(descriptor);
        _ = Close(descriptor);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
