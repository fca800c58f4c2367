namespace EdgeAI.Benchmarks.Store.Processes;

/// <summary>A folder for one measure, deleted with all that is in it.</summary>
internal sealed class WorkFolder : IDisposable
{
    private readonly EventHandler _onExit;

    private WorkFolder(string path)
    {
        FullPath = path;

        // An interrupted run must not leave gigabytes behind, least of all in memory.
        _onExit = (_, _) => DeleteInUse();
        AppDomain.CurrentDomain.ProcessExit += _onExit;
    }

    public string FullPath { get; }

    /// <param name="parent">The folder to make it in.</param>
    public static WorkFolder Create(string parent)
    {
        var path = Path.Combine(parent, "edgeai-bench-" + Guid.NewGuid().ToString("N")[..8]);
        Directory.CreateDirectory(path);
        return new WorkFolder(path);
    }

    /// <summary>The length of all files in a folder, together.</summary>
    public static long Measure(string directory) =>
        Directory.Exists(directory)
            ? new DirectoryInfo(directory).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length)
            : 0;

    /// <summary>Puts all files in a folder on disk, as a store does before it says that it has them.</summary>
    public static void Flush(string directory)
    {
        foreach (var path in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))
        {
            using var file = System.IO.File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
            RandomAccess.FlushToDisk(file);
        }
    }

    /// <summary>A folder in it, made when it is not there.</summary>
    public string Folder(string name) => Directory.CreateDirectory(Path.Combine(FullPath, name)).FullName;

    /// <summary>A folder in it, emptied.</summary>
    public string EmptyFolder(string name)
    {
        var path = Path.Combine(FullPath, name);
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }

        return Folder(name);
    }

    public string File(string name) => Path.Combine(FullPath, name);

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= _onExit;
        Delete();
    }

    // An import in this very process may go on writing until the end.
    private void DeleteInUse()
    {
        for (var attempt = 0; attempt < 10; attempt++)
        {
            try
            {
                Delete();
                return;
            }
            catch (IOException exception)
            {
                Console.Error.WriteLine($"{FullPath} could not be deleted: {exception.Message}");
            }
        }
    }

    private void Delete()
    {
        if (Directory.Exists(FullPath))
        {
            Directory.Delete(FullPath, recursive: true);
        }
    }
}
