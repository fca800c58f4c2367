namespace EdgeAI.Models;

/// <summary>A model refers to a file, or has a companion, outside its own folder: an absolute path, <c>..</c>, or a link that leads away. It is refused unread.</summary>
public sealed class UnsafeModelPathException : InvalidModelException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="file">The model's file.</param>
    /// <param name="path">The path that it refers to.</param>
    /// <param name="reason">Why that path is refused.</param>
    public UnsafeModelPathException(string file, string path, string reason)
        : base(file, $"'{file}' refers to '{path}', which is refused: {reason}. "
            + "What belongs to a model must be a plain file in the model's own folder or below it; export the model again with relative paths.") =>
        Path = path;

    /// <summary>The path that the model refers to.</summary>
    public string Path { get; }
}
