using EdgeAI.Sources;

namespace EdgeAI.Models;

/// <summary>Where a model is imported from: a model file, a way to the files that it refers to, and companions that go with it.</summary>
/// <remarks>
/// The model file's name says what it is: <c>.onnx</c>, <c>.safetensors</c>, <c>.safetensors.index.json</c> (an index, whose shards are imported with it)
/// and <c>.gguf</c> must be just that; any other file is kept as it is. Derive from it to import from elsewhere. An instance may be used for one
/// import at a time.
/// </remarks>
public abstract class ModelSource
{
    /// <summary>The model file's name, such as <c>model.onnx</c>: a plain name, no folder.</summary>
    public abstract string FileName { get; }

    /// <summary>What to call the source in messages: a full path, an address.</summary>
    public virtual string DisplayName => FileName;

    /// <summary>
    /// Files that are kept with the model though it does not refer to them, such as <c>tokenizer.json</c>: paths as for <see cref="OpenAsync"/>, each
    /// once; none by default. One that the model refers to as well is kept once.
    /// </summary>
    public virtual IReadOnlyList<string> Companions => [];

    /// <summary>A model file on this machine; files that it refers to are looked for in the same folder and below.</summary>
    /// <param name="path">The path of the model file.</param>
    /// <param name="companions">
    /// Files to keep with it, such as <c>tokenizer.json</c>: paths relative to the model file's folder, in it or below, with <c>/</c> between their parts.
    /// </param>
    public static ModelSource FromFile(string path, params IReadOnlyList<string> companions)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(companions);
        return new FileModelSource(path, companions);
    }

    /// <summary>
    /// A folder on this machine: the one model file at its top (<c>.onnx</c>, <c>.safetensors.index.json</c>, <c>.safetensors</c> or <c>.gguf</c>), and all other
    /// files in it and below, but hidden ones, as companions.
    /// </summary>
    /// <param name="path">The path of the folder, which is listed at once.</param>
    /// <exception cref="ModelFileNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidModelException">The folder holds no model file, or several.</exception>
    public static ModelSource FromDirectory(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return FolderModel.Find(path);
    }

    /// <summary>A model in one stream, with no files beside it.</summary>
    /// <param name="stream">Read from where it stands to its end; it stays the caller's to dispose. It may be used for one import.</param>
    /// <param name="fileName">The name that the model file gets, such as <c>model.onnx</c>; it says what the file is.</param>
    public static ModelSource FromStream(Stream stream, string fileName = "model.onnx")
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentException.ThrowIfNullOrEmpty(fileName);
        return new StreamModelSource(stream, fileName);
    }

    /// <summary>A model in memory, with no files beside it.</summary>
    /// <param name="content">The bytes of the model file, not copied.</param>
    /// <param name="fileName">The name that the model file gets, such as <c>model.onnx</c>; it says what the file is.</param>
    public static ModelSource FromMemory(ReadOnlyMemory<byte> content, string fileName = "model.onnx")
    {
        ArgumentException.ThrowIfNullOrEmpty(fileName);
        return new MemoryModelSource(content, fileName);
    }

    /// <summary>
    /// A model at an address: <c>https://…</c>, <c>http://…</c>, <c>hf:org/repo[@revision][/file]</c>, <c>ollama:name[:tag]</c>, <c>file://…</c>, or of a scheme that is registered
    /// with the store; without a scheme, the path of a file or a folder of this machine.
    /// </summary>
    /// <param name="address">The address; <c>#sha256:…</c> at its end says what the model file must be, where it is fetched.</param>
    /// <returns>A source that is looked at when it is imported; a folder is listed at once.</returns>
    /// <exception cref="InvalidModelAddressException">It is not an address.</exception>
    /// <exception cref="InvalidModelException">The path is a folder that holds no model file, or several.</exception>
    public static ModelSource Parse(string address)
    {
        ArgumentException.ThrowIfNullOrEmpty(address);
        if (!ModelAddress.HasScheme(address))
        {
            return Directory.Exists(address) ? FromDirectory(address) : FromFile(address);
        }

        var parsed = ModelAddress.Parse(address);
        return parsed.Scheme != Uri.UriSchemeFile ? new AddressedModelSource(parsed)
            : Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.IsFile && parsed.Digest is null ? Parse(uri.LocalPath)
            : throw new InvalidModelAddressException(parsed.ToString(), "write 'file:///folder/model.onnx', without a digest");
    }

    /// <summary>Opens a file of the model for reading.</summary>
    /// <param name="path">
    /// <see cref="FileName"/>, or the path of a companion or of a file that the model refers to, relative, with <c>/</c> between its parts. Whoever calls has
    /// refused absolute paths and <c>..</c>; a source on a file system must still see that no link leads out of the model's folder.
    /// </param>
    /// <param name="cancellationToken">Cancels the opening.</param>
    /// <returns>A stream that the caller disposes. One that cannot seek is copied to the store's own disk first.</returns>
    /// <exception cref="ModelFileNotFoundException">There is no such file.</exception>
    /// <exception cref="UnsafeModelPathException">The path leads out of the model's folder.</exception>
    public abstract ValueTask<Stream> OpenAsync(string path, CancellationToken cancellationToken = default);
}
