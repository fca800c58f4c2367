using EdgeAI.Inference;
using EdgeAI.Models;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace EdgeAI.Runtime.Tests.Baseline;

/// <summary>Copies values to and from ONNX Runtime, plainly.</summary>
internal static class PlainValues
{
    public static OrtValue ToOrtValue(ModelValue value) => value.Kind switch
    {
        ModelValueKind.Tensor => ToOrtTensor(value.AsTensor()),
        ModelValueKind.Sequence => OrtValue.CreateSequence([.. value.AsSequence().Select(ToOrtValue)]),
        ModelValueKind.Map => ToOrtMap(value.AsMap()),
        _ => throw new ArgumentException($"ONNX Runtime's own interface makes no {value.Kind}.", nameof(value)),
    };

    public static ModelValue Copy(OrtValue value) => value.OnnxType switch
    {
        OnnxValueType.ONNX_TYPE_TENSOR => CopyTensor(value),
        OnnxValueType.ONNX_TYPE_SEQUENCE => new SequenceValue(CopyParts(value)),
        OnnxValueType.ONNX_TYPE_MAP => CopyMap(value),
        _ => OptionalValue.None,
    };

    private static OrtValue ToOrtTensor(TensorValue tensor)
    {
        var shape = tensor.Shape.ToArray();
        if (tensor.ElementType == ElementType.String)
        {
            return OrtValue.CreateFromStringTensor(new DenseTensor<string>(tensor.ToArray<string>(), Array.ConvertAll(shape, size => (int)size)));
        }

        var value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, (TensorElementType)tensor.ElementType, shape);
        tensor.AsBytes().CopyTo(value.GetTensorMutableRawData());
        return value;
    }

    private static OrtValue ToOrtMap(MapValue map)
    {
        var keys = ToOrtTensor(map.Keys);
        var values = ToOrtTensor(map.Values);
        return OrtValue.CreateMap(ref keys!, ref values!);
    }

    private static TensorValue CopyTensor(OrtValue value)
    {
        var info = value.GetTensorTypeAndShape();
        var type = (ElementType)info.ElementDataType;
        return type == ElementType.String
            ? TensorValue.Create(value.GetStringTensorAsArray(), info.Shape)
            : TensorValue.FromBytes(type, CopyBytes(value, type, info.ElementCount), info.Shape);
    }

    private static byte[] CopyBytes(OrtValue value, ElementType type, long elements) =>
        elements == 0 ? [] : value.GetTensorMutableRawData()[..(int)type.GetByteCount(elements)].ToArray();

    private static MapValue CopyMap(OrtValue value)
    {
        var parts = CopyParts(value);
        return new MapValue(parts[0].AsTensor(), parts[1].AsTensor());
    }

    private static ModelValue[] CopyParts(OrtValue value)
    {
        // A map's two parts are its keys and its values.
        var parts = new ModelValue[value.OnnxType == OnnxValueType.ONNX_TYPE_MAP ? 2 : value.GetValueCount()];
        for (var i = 0; i < parts.Length; i++)
        {
            using var part = value.GetValue(i, OrtAllocator.DefaultInstance);
            parts[i] = Copy(part);
        }

        return parts;
    }
}
