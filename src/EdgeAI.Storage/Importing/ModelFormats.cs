using EdgeAI.Storage.Importing.Gguf;
using EdgeAI.Storage.Importing.Onnx;
using EdgeAI.Storage.Importing.Other;
using EdgeAI.Storage.Importing.Safetensors;

namespace EdgeAI.Storage.Importing;

/// <summary>The formats that the store knows.</summary>
internal static class ModelFormats
{
    /// <summary>
    /// Finds the reader for a model file. A name that promises a format is taken at its word, so that a damaged file is refused and not kept as
    /// something unknown; GGUF is known by its first bytes too.
    /// </summary>
    public static async ValueTask<IModelFormatReader> FindReaderAsync(SourceFile file, CancellationToken cancellationToken) =>
        Ends(file, ".onnx") ? new OnnxFormatReader()
        : Ends(file, ".safetensors") ? new SafetensorsFormatReader()
        : Ends(file, SafetensorsIndexReader.FileEnding) ? new SafetensorsIndexReader()
        : Ends(file, ".gguf") || await IsGgufAsync(file, cancellationToken).ConfigureAwait(false) ? new GgufFormatReader()
        : new OtherFormatReader();

    private static bool Ends(SourceFile file, string ending) => file.Path.EndsWith(ending, StringComparison.OrdinalIgnoreCase);

    private static async ValueTask<bool> IsGgufAsync(SourceFile file, CancellationToken cancellationToken)
    {
        var start = new byte[GgufParser.Magic.Length];
        file.Content.Position = 0;
        return await file.Content.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false) == start.Length
            && GgufParser.Magic.SequenceEqual(start);
    }
}
