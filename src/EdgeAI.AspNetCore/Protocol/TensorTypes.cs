using System.Diagnostics.CodeAnalysis;
using EdgeAI.Inference;

namespace EdgeAI.AspNetCore.Protocol;

/// <summary>What the protocol calls element types.</summary>
internal static class TensorTypes
{
    public const string Bytes = "BYTES";

    private static readonly (ElementType Type, string Name)[] Known =
    [
        (ElementType.Float32, "FP32"), (ElementType.Int64, "INT64"), (ElementType.Int32, "INT32"), (ElementType.UInt8, "UINT8"),
        (ElementType.Float16, "FP16"), (ElementType.BFloat16, "BF16"), (ElementType.Float64, "FP64"), (ElementType.Bool, "BOOL"),
        (ElementType.Int8, "INT8"), (ElementType.Int16, "INT16"), (ElementType.UInt16, "UINT16"), (ElementType.UInt32, "UINT32"),
        (ElementType.UInt64, "UINT64"), (ElementType.String, Bytes),
    ];

    public static string Names { get; } = string.Join(", ", Known.Select(known => known.Name));

    /// <summary>The protocol's name; for a type that it has none for, ours, which no request can carry.</summary>
    public static string NameOf(ElementType type) => Find(type) ?? type.ToDisplayName().ToUpperInvariant();

    public static string? Find(ElementType type)
    {
        foreach (var known in Known)
        {
            if (known.Type == type)
            {
                return known.Name;
            }
        }

        return null;
    }

    public static bool TryParse([NotNullWhen(true)] string? name, out ElementType type)
    {
        foreach (var known in Known)
        {
            if (known.Name == name)
            {
                type = known.Type;
                return true;
            }
        }

        type = default;
        return false;
    }
}
