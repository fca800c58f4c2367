using EdgeAI.Models;

namespace EdgeAI.Storage.Sources;

/// <summary>Names for files in an import's folder for downloads; those from outside are hashed.</summary>
internal static class DownloadFolder
{
    public static string PathOf(string folder, string file) => Path.Combine(folder, Digest.Of(System.Text.Encoding.UTF8.GetBytes(file)).Hex[..32] + ".part");

    public static FileStream OpenRead(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.Asynchronous);
}
