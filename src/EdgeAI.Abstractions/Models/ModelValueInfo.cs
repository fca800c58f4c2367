namespace EdgeAI.Models;

/// <summary>One input or output of a model.</summary>
/// <param name="Name">Its name in the model.</param>
/// <param name="Type">Its type.</param>
/// <param name="IsRequired">Whether a run must give it; false for an input with a default in the model, and for outputs.</param>
public sealed record ModelValueInfo(string Name, ModelValueType Type, bool IsRequired = true)
{
    /// <summary>Name and type, such as <c>x: float32[1,3,?,?]</c>.</summary>
    public override string ToString() => $"{Name}: {Type}";
}
