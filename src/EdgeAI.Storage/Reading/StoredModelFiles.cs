using EdgeAI.Models;
using EdgeAI.Storage.Importing;

namespace EdgeAI.Storage.Reading;

/// <summary>A model's files in the store.</summary>
internal sealed class StoredModelFiles(ModelManifest manifest, ChunkReader chunks) : IModelFiles
{
    public Stream Open(string? location)
    {
        var file = location is null
            ? manifest.Files[0]
            : manifest.Files.FirstOrDefault(file => file.Path == location)
                ?? throw new ModelFileNotFoundException(location, manifest.Files[0].Path);
        return new ChunkedStream(file, chunks);
    }
}
