using System.Buffers;
using EdgeAI.Inference;
using Microsoft.ML.OnnxRuntime;

namespace EdgeAI.Providers.Onnx;

/// <summary>The inputs of one run: native values over the caller's memory, which is held still until this is disposed.</summary>
internal sealed class OnnxInputs : IDisposable
{
    // Native code wants an address even for a tensor without elements.
    private static readonly byte[] Nothing = GC.AllocateArray<byte>(64, pinned: true);

    private readonly List<MemoryHandle> _pins;

    public OnnxInputs(IReadOnlyDictionary<string, ModelValue> inputs)
    {
        _pins = new List<MemoryHandle>(inputs.Count);
        Names = new List<string>(inputs.Count);
        Values = new List<OrtValue>(inputs.Count);
        try
        {
            foreach (var (name, value) in inputs)
            {
                // An optional that holds nothing is an input that is left out.
                if (value is not OptionalValue)
                {
                    Values.Add(Create(value));
                    Names.Add(name);
                }
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public List<string> Names { get; }

    public List<OrtValue> Values { get; }

    public void Dispose()
    {
        foreach (var value in Values)
        {
            value.Dispose();
        }

        foreach (var pin in _pins)
        {
            pin.Dispose();
        }
    }

    private OrtValue Create(ModelValue value) => value switch
    {
        TensorValue { ElementType: ElementType.String } strings => CreateStrings(strings),
        TensorValue tensor => CreateTensor(tensor),
        SequenceValue sequence => OrtValue.CreateSequence([.. sequence.Select(Create)]),
        MapValue map => CreateMap(map),
        _ => throw new NotSupportedException($"A {value.Kind} can't be given to ONNX Runtime."),
    };

    private unsafe OrtValue CreateTensor(TensorValue tensor)
    {
        var pin = tensor.Pin();
        _pins.Add(pin);
        var address = pin.Pointer is null ? System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(Nothing, 0) : (IntPtr)pin.Pointer;
        return OrtValue.CreateTensorValueWithData(
            OrtMemoryInfo.DefaultInstance,
            OnnxElementTypes.ToOrt(tensor.ElementType),
            tensor.Shape.ToArray(),
            address,
            tensor.ElementType.GetByteCount(tensor.Length));
    }

    private static OrtValue CreateStrings(TensorValue tensor)
    {
        var value = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, tensor.Shape.ToArray());
        var strings = tensor.AsSpan<string>();
        for (var i = 0; i < strings.Length; i++)
        {
            value.StringTensorSetElementAt(strings[i].AsSpan(), i);
        }

        return value;
    }

    private OrtValue CreateMap(MapValue map)
    {
        var keys = Create(map.Keys);
        var values = Create(map.Values);
        return OrtValue.CreateMap(ref keys, ref values);
    }
}
