namespace EdgeAI.Models;

/// <summary>What a model version is: its files, down to their chunks, and what the model says of itself. Immutable; named by its digest.</summary>
public sealed record ModelManifest
{
    /// <summary>The version of the manifest's own form that this library writes: 1.</summary>
    public const int CurrentSchema = 1;

    /// <summary>The version of the manifest's own form.</summary>
    public required int Schema { get; init; }

    /// <summary>The container that the model came in.</summary>
    public required ModelFormat Format { get; init; }

    /// <summary>The files; the first is the model file; then come those that it refers to, then its companions.</summary>
    public required IReadOnlyList<ModelFile> Files { get; init; }

    /// <summary>What goes in and what comes out; empty when the format does not say, as only ONNX does.</summary>
    public required ModelSignature Signature { get; init; }

    /// <summary>What the model says of itself: <c>producer</c>, <c>opset</c>, its own properties, …</summary>
    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <summary>The operators that the model uses, sorted: <c>Conv</c>, <c>com.microsoft::MatMulNBits</c>, …; empty when the format has none.</summary>
    public required IReadOnlyList<string> Operators { get; init; }

    /// <summary>The length of all files together, in bytes.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public long TotalLength => Files.Sum(file => file.Length);
}
