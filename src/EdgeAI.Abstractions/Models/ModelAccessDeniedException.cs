namespace EdgeAI.Models;

/// <summary>A file of a model is there, and this process may not read it.</summary>
public sealed class ModelAccessDeniedException : EdgeAIException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="path">The file.</param>
    /// <param name="innerException">The failure behind it.</param>
    public ModelAccessDeniedException(string path, Exception innerException)
        : base($"'{path}' may not be read by this process. Give its user the right to read the file, and import again.", innerException) =>
        Path = path;

    /// <summary>The file.</summary>
    public string Path { get; }
}
