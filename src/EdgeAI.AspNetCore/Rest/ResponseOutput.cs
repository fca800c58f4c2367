using EdgeAI.Inference;

namespace EdgeAI.AspNetCore.Rest;

/// <summary>An output as it goes into a response.</summary>
/// <param name="Name">Its name in the model.</param>
/// <param name="Tensor">Its value.</param>
/// <param name="BinaryLength">Its length in binary form; -1 when it goes as JSON.</param>
internal readonly record struct ResponseOutput(string Name, TensorValue Tensor, int BinaryLength)
{
    public bool IsBinary => BinaryLength >= 0;
}
