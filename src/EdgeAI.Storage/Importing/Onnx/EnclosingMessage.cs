namespace EdgeAI.Storage.Importing.Onnx;

/// <summary>A message and those around it. Tensors of one graph share what is around them.</summary>
/// <param name="Field">The message.</param>
/// <param name="Parent">The one around it; null when there is none.</param>
internal sealed record EnclosingMessage(ProtobufField Field, EnclosingMessage? Parent);
