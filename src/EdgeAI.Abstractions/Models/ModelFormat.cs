namespace EdgeAI.Models;

/// <summary>The container that a model came in.</summary>
public enum ModelFormat
{
    /// <summary>ONNX, with its weights inline or in external data files. Source: the ONNX specification, <c>onnx.proto</c>.</summary>
    Onnx = 1,

    /// <summary>
    /// Safetensors: named tensors without a graph, in one file or in shards with an index. Source: the safetensors documentation, "Format".
    /// </summary>
    Safetensors = 2,

    /// <summary>GGUF of version 2 or 3, little-endian: tensors, many of them quantised in blocks. Source: the GGUF specification of ggml.</summary>
    Gguf = 3,

    /// <summary>A file that is kept as it is: what is in it is not looked at.</summary>
    Other = 4,
}
