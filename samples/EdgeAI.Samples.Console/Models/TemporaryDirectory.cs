namespace EdgeAI.Samples.Models;

/// <summary>A directory that is gone when its user is.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public TemporaryDirectory(string parent)
    {
        Path = System.IO.Path.Combine(parent, $"download-{Guid.NewGuid():N}");
        Directory.CreateDirectory(Path);
    }

    public string Path { get; }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
