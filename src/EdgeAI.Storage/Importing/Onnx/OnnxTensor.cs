namespace EdgeAI.Storage.Importing.Onnx;

/// <summary>A tensor of an ONNX model whose bytes lie in one run, in the model file or beside it.</summary>
internal sealed record OnnxTensor : TensorExtent
{
    /// <summary>Whether it is an initializer of the main graph. Only those may be external for every loader.</summary>
    public required bool IsInitializer { get; init; }

    /// <summary>The fields that say where its bytes are; replaced when the bytes move.</summary>
    public required IReadOnlyList<ProtobufField> DataFields { get; init; }

    /// <summary>What kernels made of it, in the same external file.</summary>
    public IReadOnlyList<PackedWeights> Packed { get; init; } = [];

    /// <summary>The tensor's own message and those around it: their lengths change when the bytes move.</summary>
    public required EnclosingMessage Message { get; init; }
}
