namespace EdgeAI.Storage.Importing.Gguf;

/// <summary>Reads GGUF models.</summary>
internal sealed class GgufFormatReader : IModelFormatReader
{
    public async ValueTask<ParsedModel> ReadAsync(SourceFiles files, CancellationToken cancellationToken) =>
        await Task.Run(() => GgufParser.Parse(files.Model.Content), cancellationToken).ConfigureAwait(false);
}
