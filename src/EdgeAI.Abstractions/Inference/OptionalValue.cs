using EdgeAI.Models;

namespace EdgeAI.Inference;

/// <summary>An optional that holds nothing. One that holds a value is that value itself.</summary>
public sealed class OptionalValue : ModelValue
{
    private OptionalValue()
        : base(ModelValueKind.Optional)
    {
    }

    /// <summary>Nothing.</summary>
    public static OptionalValue None { get; } = new();
}
