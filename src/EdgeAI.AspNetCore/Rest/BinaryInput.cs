using EdgeAI.Inference;

namespace EdgeAI.AspNetCore.Rest;

/// <summary>An input whose bytes follow the JSON.</summary>
/// <param name="Name">Its name in the model.</param>
/// <param name="Type">The type of its elements.</param>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Elements">How many elements they make.</param>
/// <param name="Length">How many bytes follow.</param>
internal sealed record BinaryInput(string Name, ElementType Type, long[] Shape, int Elements, int Length);
