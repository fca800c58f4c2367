using EdgeAI.Models;

namespace EdgeAI.Storage.Importing.Other;

/// <summary>Takes a file of any content; it is cut by content and kept as it is.</summary>
internal sealed class OtherFormatReader : IModelFormatReader
{
    public ValueTask<ParsedModel> ReadAsync(SourceFiles files, CancellationToken cancellationToken) => new(new ParsedModel { Format = ModelFormat.Other });
}
