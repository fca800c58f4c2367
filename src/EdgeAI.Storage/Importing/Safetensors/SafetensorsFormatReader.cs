using EdgeAI.Models;

namespace EdgeAI.Storage.Importing.Safetensors;

/// <summary>Reads models of one safetensors file.</summary>
internal sealed class SafetensorsFormatReader : IModelFormatReader
{
    public async ValueTask<ParsedModel> ReadAsync(SourceFiles files, CancellationToken cancellationToken)
    {
        var header = await Task.Run(() => SafetensorsParser.Parse(files.Model.Content, null), cancellationToken).ConfigureAwait(false);
        return new ParsedModel { Format = ModelFormat.Safetensors, Tensors = header.Tensors, Metadata = header.Metadata };
    }
}
