using EdgeAI.Models;
using EdgeAI.Storage.Durability;

namespace EdgeAI.Storage.Sources;

/// <summary>A source that can be read, with the folder that it fetches into, which no other import has meanwhile.</summary>
/// <param name="source">The source.</param>
/// <param name="folder">What is fetched; null when nothing is.</param>
/// <param name="single">Held while the folder is used.</param>
internal sealed class OpenedSource(ModelSource source, string? folder, FileLock? single) : IDisposable
{
    public ModelSource Source => source;

    /// <summary>Deletes what was fetched: it is in the store now, or of no use.</summary>
    public void Discard()
    {
        if (folder is not null)
        {
            StoreDirectory.DeleteStaging(folder);
        }
    }

    public void Dispose()
    {
        if (folder is not null)
        {
            (source as IDisposable)?.Dispose();
        }

        single?.Dispose();
    }
}
