namespace EdgeAI.Sources;

/// <summary>A model of several files was changed while it was fetched, and its files would not have belonged together. Nothing was imported; another try takes what is there by then.</summary>
public sealed class ModelSourceChangedException : ModelSourceException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="source">The address, without secrets.</param>
    /// <param name="file">The address of the file that is another one now, without secrets.</param>
    public ModelSourceChangedException(string source, string file)
        : base(source, $"'{source}' was changed while it was fetched: '{file}' is not what it was when the files were listed. Try again once whoever writes there is done.") => File = file;

    /// <summary>The address of the file that is another one now, without secrets.</summary>
    public string File { get; }
}
