namespace EdgeAI.Testing.Onnx;

/// <summary>Where a tensor's elements stand in an ONNX file.</summary>
public enum TensorForm
{
    /// <summary>In <c>raw_data</c>.</summary>
    Raw = 0,

    /// <summary>In the field of their type: <c>float_data</c>, <c>int32_data</c>, …</summary>
    Typed = 1,

    /// <summary>In a file beside the model.</summary>
    External = 2,
}
