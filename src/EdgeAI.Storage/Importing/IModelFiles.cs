namespace EdgeAI.Storage.Importing;

/// <summary>The files of a model, wherever they are.</summary>
internal interface IModelFiles
{
    /// <summary>Opens a file to read and seek in.</summary>
    /// <param name="location">The path of an external data file; null for the model file.</param>
    Stream Open(string? location);
}
