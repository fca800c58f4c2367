using EdgeAI.Inference;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace EdgeAI.Providers.Onnx;

/// <summary>
/// Element types as ONNX Runtime numbers them (<c>ONNXTensorElementDataType</c>): as ONNX does up to 23, and with the 2-bit integers after that. Its
/// C# enumeration names fewer of them, and passes the numbers through.
/// </summary>
internal static class OnnxElementTypes
{
    private const int LastCommon = (int)ElementType.Float4E2M1;
    private const int OrtUInt2 = LastCommon + 1;
    private const int OrtInt2 = LastCommon + 2;

    public static TensorElementType ToOrt(ElementType type) => type switch
    {
        ElementType.UInt2 => (TensorElementType)OrtUInt2,
        ElementType.Int2 => (TensorElementType)OrtInt2,
        <= ElementType.Float4E2M1 => (TensorElementType)type,
        _ => throw new NotSupportedException($"ONNX Runtime has no tensors of {type.ToDisplayName()}."),
    };

    public static ElementType FromOrt(TensorElementType type) => (int)type switch
    {
        OrtUInt2 => ElementType.UInt2,
        OrtInt2 => ElementType.Int2,
        var value => (ElementType)value,
    };
}
