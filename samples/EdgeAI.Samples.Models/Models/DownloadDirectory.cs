namespace EdgeAI.Samples.Models;

/// <summary>A new directory for what is downloaded; it goes once that is where it belongs.</summary>
internal sealed class DownloadDirectory : IDisposable
{
    public DownloadDirectory(string parent)
    {
        Path = System.IO.Path.Combine(parent, $"download-{Guid.NewGuid():N}");
        Directory.CreateDirectory(Path);
    }

    public string Path { get; }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
