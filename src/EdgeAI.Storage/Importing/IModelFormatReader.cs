namespace EdgeAI.Storage.Importing;

/// <summary>Reads what models of one format say. Everything in a file is untrusted: what is malformed is refused, in bounded memory.</summary>
internal interface IModelFormatReader
{
    /// <summary>Reads the model file, and opens those that it refers to.</summary>
    /// <exception cref="MalformedModelException">A file is not of this format, or damaged.</exception>
    /// <exception cref="Models.InvalidModelException">The same of a file that the model file refers to.</exception>
    ValueTask<ParsedModel> ReadAsync(SourceFiles files, CancellationToken cancellationToken);
}
