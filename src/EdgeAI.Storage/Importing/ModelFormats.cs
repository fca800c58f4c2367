using EdgeAI.Storage.Importing.Onnx;

namespace EdgeAI.Storage.Importing;

/// <summary>The formats that the store knows.</summary>
internal static class ModelFormats
{
    /// <summary>Finds the reader for a model file.</summary>
    public static ValueTask<IModelFormatReader> FindReaderAsync(SourceFile file, CancellationToken cancellationToken) =>
        new(new OnnxFormatReader());
}
