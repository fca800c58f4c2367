using System.Collections.Concurrent;
using EdgeAI.Models;
using EdgeAI.Storage.Importing;

namespace EdgeAI.Storage.Reading;

/// <summary>A model's files in the store.</summary>
internal sealed class StoredModelFiles(ModelManifest manifest, IChunkSource chunks) : IModelFiles
{
    // A file is opened for each of its tensors when a model is laid out: how it is put together is found once.
    private readonly ConcurrentDictionary<ModelFile, FileLayout> _layouts = new(ReferenceEqualityComparer.Instance);

    public Stream Open(string? location) => new ChunkedStream(LayoutOf(location), chunks);

    /// <summary>How a file is put together.</summary>
    public FileLayout LayoutOf(string? location)
    {
        var file = location is null
            ? manifest.Files[0]
            : manifest.Files.FirstOrDefault(file => file.Path == location)
                ?? throw new ModelFileNotFoundException(location, manifest.Files[0].Path);
        return _layouts.GetOrAdd(file, file => new FileLayout(file));
    }
}
