namespace EdgeAI.Models;

/// <summary>Where a model is imported from: a model file, and a way to the files that it refers to.</summary>
/// <remarks>Derive from it to import from elsewhere. An instance may be used for one import at a time.</remarks>
public abstract class ModelSource
{
    /// <summary>The model file's name, such as <c>model.onnx</c>: a plain name, no folder.</summary>
    public abstract string FileName { get; }

    /// <summary>What to call the source in messages: a full path, an address.</summary>
    public virtual string DisplayName => FileName;

    /// <summary>A model file on this machine; files that it refers to are looked for in the same folder and below.</summary>
    /// <param name="path">The path of the model file.</param>
    public static ModelSource FromFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new FileModelSource(path);
    }

    /// <summary>A model in one stream, all of its weights inline.</summary>
    /// <param name="stream">Read from where it stands to its end; it stays the caller's to dispose. It may be used for one import.</param>
    /// <param name="fileName">The name that the model file gets, such as <c>model.onnx</c>.</param>
    public static ModelSource FromStream(Stream stream, string fileName = "model.onnx")
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentException.ThrowIfNullOrEmpty(fileName);
        return new StreamModelSource(stream, fileName);
    }

    /// <summary>A model in memory, all of its weights inline.</summary>
    /// <param name="content">The bytes of the model file, not copied.</param>
    /// <param name="fileName">The name that the model file gets, such as <c>model.onnx</c>.</param>
    public static ModelSource FromMemory(ReadOnlyMemory<byte> content, string fileName = "model.onnx")
    {
        ArgumentException.ThrowIfNullOrEmpty(fileName);
        return new MemoryModelSource(content, fileName);
    }

    /// <summary>Opens a file of the model for reading.</summary>
    /// <param name="path">
    /// <see cref="FileName"/>, or the path of a file that the model refers to, relative, with <c>/</c> between its parts. Whoever calls has
    /// refused absolute paths and <c>..</c>; a source on a file system must still see that no link leads out of the model's folder.
    /// </param>
    /// <param name="cancellationToken">Cancels the opening.</param>
    /// <returns>A stream that the caller disposes. One that cannot seek is copied to the store's own disk first.</returns>
    /// <exception cref="ModelFileNotFoundException">There is no such file.</exception>
    /// <exception cref="UnsafeModelPathException">The path leads out of the model's folder.</exception>
    public abstract ValueTask<Stream> OpenAsync(string path, CancellationToken cancellationToken = default);
}
