using EdgeAI.Inference;

namespace EdgeAI.Storage.Importing.Onnx;

/// <summary>A tensor of a model whose bytes lie in one run, in the model file or beside it.</summary>
internal sealed record OnnxTensor
{
    public required string Name { get; init; }

    public required ElementType ElementType { get; init; }

    /// <summary>The length of its bytes.</summary>
    public required long Length { get; init; }

    /// <summary>Where its bytes begin in their file.</summary>
    public required long Offset { get; init; }

    /// <summary>The external file that holds its bytes; null for the model file itself.</summary>
    public string? Location { get; init; }

    /// <summary>Whether it is an initializer of the main graph. Only those may be external for every loader.</summary>
    public required bool IsInitializer { get; init; }

    /// <summary>The fields that say where its bytes are; replaced when the bytes move.</summary>
    public required IReadOnlyList<ProtobufField> DataFields { get; init; }

    /// <summary>The messages around it, outermost first, the tensor's own last: their lengths change when the bytes move.</summary>
    public required IReadOnlyList<ProtobufField> Enclosing { get; init; }
}
