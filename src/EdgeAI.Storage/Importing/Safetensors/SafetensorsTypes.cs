using EdgeAI.Inference;

namespace EdgeAI.Storage.Importing.Safetensors;

/// <summary>The element types of safetensors. Source: <c>Dtype</c> of the safetensors library, 0.7.</summary>
internal static class SafetensorsTypes
{
    /// <summary>How elements of a type are written; unknown for types that are narrower than a byte and for those to come.</summary>
    public static TensorEncoding Find(string name) => FindElementType(name) is { } type ? TensorEncoding.Of(type) : TensorEncoding.Unknown(name.ToLowerInvariant());

    private static ElementType? FindElementType(string name) => name switch
    {
        "F64" => ElementType.Float64,
        "F32" => ElementType.Float32,
        "F16" => ElementType.Float16,
        "BF16" => ElementType.BFloat16,
        "F8_E4M3" => ElementType.Float8E4M3FN,
        "F8_E5M2" => ElementType.Float8E5M2,
        "F8_E8M0" => ElementType.Float8E8M0,
        "C64" => ElementType.Complex64,
        "I64" => ElementType.Int64,
        "I32" => ElementType.Int32,
        "I16" => ElementType.Int16,
        "I8" => ElementType.Int8,
        "U64" => ElementType.UInt64,
        "U32" => ElementType.UInt32,
        "U16" => ElementType.UInt16,
        "U8" => ElementType.UInt8,
        "BOOL" => ElementType.Bool,
        _ => null,
    };
}
