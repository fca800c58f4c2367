namespace EdgeAI.Models;

/// <summary>The container that a model came in.</summary>
public enum ModelFormat
{
    /// <summary>ONNX, with its weights inline or in external data files. Source: the ONNX specification, <c>onnx.proto</c>.</summary>
    Onnx = 1,
}
