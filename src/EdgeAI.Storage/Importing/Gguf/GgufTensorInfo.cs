namespace EdgeAI.Storage.Importing.Gguf;

/// <summary>A tensor as a GGUF file announces it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Encoding">How it is written.</param>
/// <param name="Shape">The sizes of its dimensions, the fastest-changing first.</param>
/// <param name="Offset">Where it begins within the data.</param>
/// <param name="Length">Its bytes; null when that is not known.</param>
/// <param name="Position">Where the file announces it.</param>
internal sealed record GgufTensorInfo(string Name, TensorEncoding Encoding, long[] Shape, long Offset, long? Length, long Position);
