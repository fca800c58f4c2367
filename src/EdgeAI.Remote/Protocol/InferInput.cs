using EdgeAI.Inference;

namespace EdgeAI.Remote.Protocol;

/// <summary>An input, ready to be sent.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Data">Its bytes: strings each behind a length.</param>
internal sealed record InferInput(string Name, ElementType Type, long[] Shape, byte[] Data)
{
    public string DataType => TensorTypes.NameOf(Type)!;

    public static InferInput Create(string name, TensorValue tensor) => new(name, tensor.ElementType, tensor.Shape.ToArray(), TensorReader.CopyBytes(tensor));
}
