using EdgeAI.Inference;
using Microsoft.ML.OnnxRuntime;

namespace EdgeAI.Providers.Onnx;

/// <summary>Turns what a run gave into values that own it. Tensors are not copied; strings are.</summary>
internal static class OnnxOutputs
{
    public static ModelValue Take(OrtValue value) => value.OnnxType switch
    {
        OnnxValueType.ONNX_TYPE_TENSOR => TakeTensor(value),
        OnnxValueType.ONNX_TYPE_SEQUENCE => TakeParts(value, parts => new SequenceValue(parts)),
        OnnxValueType.ONNX_TYPE_MAP => TakeParts(value, parts => new MapValue(parts[0].AsTensor(), parts[1].AsTensor())),
        OnnxValueType.ONNX_TYPE_OPTIONAL or OnnxValueType.ONNX_TYPE_UNKNOWN => OptionalValue.None,
        var type => throw new NotSupportedException($"The model gives a value of type {type}, which can't be handed on."),
    };

    private static TensorValue TakeTensor(OrtValue value)
    {
        var info = value.GetTensorTypeAndShape();
        if (info.IsString)
        {
            using (value)
            {
                return TensorValue.Create(value.GetStringTensorAsArray(), info.Shape);
            }
        }

        return TensorValue.FromOwner(OnnxElementTypes.FromOrt(info.ElementDataType), new OnnxTensorMemory(value), info.Shape);
    }

    private static ModelValue TakeParts(OrtValue value, Func<ModelValue[], ModelValue> make)
    {
        using (value)
        {
            var parts = new ModelValue[value.GetValueCount()];
            for (var i = 0; i < parts.Length; i++)
            {
                parts[i] = Take(value.GetValue(i, OrtAllocator.DefaultInstance));
            }

            return make(parts);
        }
    }
}
