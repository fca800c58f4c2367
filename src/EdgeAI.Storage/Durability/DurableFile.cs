using Microsoft.Win32.SafeHandles;

namespace EdgeAI.Storage.Durability;

/// <summary>Everything durable goes through here: written under a temporary name, flushed, renamed, its directory flushed.</summary>
internal static class DurableFile
{
    /// <summary>Opens a new file to write under a temporary name.</summary>
    public static FileStream Create(string path) => new(
        path,
        new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Read,
            BufferSize = 1 << 16,
            Options = FileOptions.Asynchronous,
        });

    /// <summary>Puts what was written on disk; the file still has its temporary name.</summary>
    public static async ValueTask FlushAsync(FileStream file, CancellationToken cancellationToken)
    {
        await file.FlushAsync(cancellationToken).ConfigureAwait(false);
        Flush(file);
    }

    /// <summary>Puts what was written on disk; the file still has its temporary name.</summary>
    public static void Flush(FileStream file)
    {
        file.Flush(flushToDisk: true);
        FlushEvents.Raise(file.Name);
    }

    /// <summary>Puts what was written on disk; the file still has its temporary name.</summary>
    public static void Flush(SafeFileHandle file, string path)
    {
        RandomAccess.FlushToDisk(file);
        FlushEvents.Raise(path);
    }

    /// <summary>Gives a flushed file its name, if the name is free.</summary>
    /// <returns>False when the name is taken; the temporary file is gone either way.</returns>
    public static bool Publish(string temporary, string path)
    {
        var directory = Path.GetDirectoryName(path)!;
        DirectorySync.Create(directory);
        if (!TryMove(temporary, path))
        {
            File.Delete(temporary);
            return false;
        }

        DirectorySync.Flush(directory);
        return true;
    }

    /// <summary>Gives a flushed file its name, in place of what has it.</summary>
    public static void Replace(string temporary, string path)
    {
        File.Move(temporary, path, overwrite: true);
        DirectorySync.Flush(Path.GetDirectoryName(path)!);
    }

    /// <summary>Gives a folder of flushed files its name, if the name is free.</summary>
    /// <returns>False when the name is taken; the temporary folder is left to the caller.</returns>
    public static bool PublishDirectory(string temporary, string path)
    {
        DirectorySync.Flush(temporary);
        var parent = Path.GetDirectoryName(path)!;
        DirectorySync.Create(parent);
        try
        {
            Directory.Move(temporary, path);
        }
        catch (IOException) when (Directory.Exists(path))
        {
            return false;
        }

        DirectorySync.Flush(parent);
        return true;
    }

    // Elsewhere than on Windows, File.Move looks whether the name is free and then renames over whatever took it since; a second name is given or refused in one step.
    private static bool TryMove(string temporary, string path)
    {
        if (SharedFile.TryLink(temporary, path))
        {
            File.Delete(temporary);
            return true;
        }

        try
        {
            File.Move(temporary, path, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
    }
}
