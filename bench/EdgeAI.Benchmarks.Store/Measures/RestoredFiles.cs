using System.Security.Cryptography;
using EdgeAI.Benchmarks.Store.Corpora;
using EdgeAI.Benchmarks.Store.Probes;

namespace EdgeAI.Benchmarks.Store.Measures;

/// <summary>What was exported is what was imported, or no figure counts.</summary>
internal static class RestoredFiles
{
    /// <exception cref="InvalidDataException">An exported file is not there or differs from the corpus.</exception>
    public static async Task RequireSameAsync(CorpusSelection models, string directory)
    {
        foreach (var model in models.Models)
        {
            var folder = StoreProbe.ExportFolder(directory, model.Reference);
            foreach (var file in model.Files)
            {
                await using var content = File.OpenRead(Path.Combine(folder, file.Name));
                if (Convert.ToHexStringLower(await SHA256.HashDataAsync(content)) != file.Sha256)
                {
                    throw new InvalidDataException($"'{file.Path}' came back from the store with other bytes.");
                }
            }
        }
    }
}
