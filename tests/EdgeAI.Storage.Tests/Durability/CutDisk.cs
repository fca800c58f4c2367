namespace EdgeAI.Storage.Tests.Durability;

/// <summary>What a power cut left of a folder.</summary>
internal sealed class CutDisk
{
    public List<string> Folders { get; } = [];

    public Dictionary<string, byte[]> Files { get; } = [];

    /// <summary>Writes it to another folder.</summary>
    public void Restore(string folder)
    {
        foreach (var name in Folders)
        {
            Directory.CreateDirectory(Path.Combine(folder, name));
        }

        foreach (var (name, content) in Files)
        {
            File.WriteAllBytes(Path.Combine(folder, name), content);
        }
    }
}
