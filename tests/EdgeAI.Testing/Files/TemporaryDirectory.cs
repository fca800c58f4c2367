namespace EdgeAI.Testing.Files;

/// <summary>A new, empty directory that goes when it is disposed.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    /// <summary>Makes the directory.</summary>
    public TemporaryDirectory() => Path = Directory.CreateTempSubdirectory("edgeai-").FullName;

    /// <summary>The directory.</summary>
    public string Path { get; }

    /// <summary>A path below it, which need not exist.</summary>
    public string Combine(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    /// <summary>A directory below it, made if it is not there.</summary>
    public string CreateDirectory(params string[] parts) => Directory.CreateDirectory(Combine(parts)).FullName;

    /// <summary>Writes a file below it.</summary>
    public string WriteFile(string name, byte[] content)
    {
        var path = Combine(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
