using EdgeAI.Inference;

namespace EdgeAI.Remote.Protocol;

/// <summary>What the protocol calls element types.</summary>
internal static class TensorTypes
{
    private static readonly Dictionary<string, ElementType> ByName = new(StringComparer.Ordinal)
    {
        ["FP32"] = ElementType.Float32,
        ["FP64"] = ElementType.Float64,
        ["FP16"] = ElementType.Float16,
        ["BF16"] = ElementType.BFloat16,
        ["INT8"] = ElementType.Int8,
        ["INT16"] = ElementType.Int16,
        ["INT32"] = ElementType.Int32,
        ["INT64"] = ElementType.Int64,
        ["UINT8"] = ElementType.UInt8,
        ["UINT16"] = ElementType.UInt16,
        ["UINT32"] = ElementType.UInt32,
        ["UINT64"] = ElementType.UInt64,
        ["BOOL"] = ElementType.Bool,
        ["BYTES"] = ElementType.String,
    };

    private static readonly Dictionary<ElementType, string> ByType = ByName.ToDictionary(pair => pair.Value, pair => pair.Key);

    /// <summary>The type; null when the name is none that is known here.</summary>
    public static ElementType? Find(string? name) => name is not null && ByName.TryGetValue(name, out var type) ? type : null;

    /// <summary>The protocol's name; null when it has none.</summary>
    public static string? NameOf(ElementType type) => ByType.GetValueOrDefault(type);
}
