using System.Collections.Frozen;
using EdgeAI.Inference;
using EdgeAI.Storage.Importing.Gguf;

namespace EdgeAI.Storage.Importing;

/// <summary>Encodings by the names that manifests call them.</summary>
internal static class TensorEncodings
{
    // The numbers of ggml's types, with room for those to come.
    private const uint GgmlTypeCount = 64;

    private static readonly FrozenDictionary<string, TensorEncoding> Known = Enum.GetValues<ElementType>()
        .Where(type => type != ElementType.String)
        .Select(TensorEncoding.Of)
        .Concat(Enumerable.Range(0, (int)GgmlTypeCount).Select(type => GgmlTypes.Find((uint)type)))
        .Where(encoding => encoding.IsKnown)
        .DistinctBy(encoding => encoding.Name)
        .ToFrozenDictionary(encoding => encoding.Name, StringComparer.Ordinal);

    /// <summary>The encoding that a manifest calls by a name.</summary>
    public static TensorEncoding Find(string name) => Known.TryGetValue(name, out var encoding) ? encoding : TensorEncoding.Unknown(name);
}
