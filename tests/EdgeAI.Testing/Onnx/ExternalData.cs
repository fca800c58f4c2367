namespace EdgeAI.Testing.Onnx;

/// <summary>A tensor's reference to a file beside the model.</summary>
/// <param name="Location">The path as the model has it.</param>
/// <param name="Offset">Where the tensor begins; null leaves the key out, which means 0.</param>
/// <param name="Length">How many bytes it takes; null leaves the key out, which means to the end of the file.</param>
/// <param name="WritesFile">Whether building the model also makes the file; false for references that are meant to lead nowhere.</param>
public sealed record ExternalData(string Location, long? Offset = null, long? Length = null, bool WritesFile = true);
