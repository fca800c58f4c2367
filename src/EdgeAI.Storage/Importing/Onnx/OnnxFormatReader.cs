using EdgeAI.Models;

namespace EdgeAI.Storage.Importing.Onnx;

/// <summary>Reads ONNX models, and opens their external data.</summary>
internal sealed class OnnxFormatReader : IModelFormatReader
{
    public async ValueTask<ParsedModel> ReadAsync(SourceFiles files, CancellationToken cancellationToken)
    {
        var model = await Task.Run(() => OnnxModelParser.Parse(files.Model.Content), cancellationToken).ConfigureAwait(false);
        foreach (var location in model.Tensors.Select(tensor => tensor.Location).OfType<string>().Distinct())
        {
            await files.OpenReferredAsync(location, cancellationToken).ConfigureAwait(false);
        }

        return new ParsedModel
        {
            Format = ModelFormat.Onnx,
            Tensors = model.Tensors,
            Signature = model.Signature,
            Metadata = model.Metadata,
            Operators = model.Operators,
        };
    }
}
