namespace EdgeAI.Storage.Materializing;

/// <summary>A hot file, as others may read it.</summary>
/// <param name="Path">Its path within the model's folder, such as <c>weights.bin</c>, or <c>files/model.gguf</c>.</param>
/// <param name="Length">How long it is.</param>
/// <param name="Tag">A name for its bytes: 64 hexadecimal digits, the same wherever they are the same.</param>
/// <param name="Location">Where it is on this machine.</param>
public sealed record LaidOutFile(string Path, long Length, string Tag, string Location);
