using EdgeAI.Inference;

namespace EdgeAI.Models;

/// <summary>The type of an input or output.</summary>
/// <remarks>Made by its factory methods, so that only the parts that belong to a kind are set.</remarks>
public sealed record ModelValueType
{
    /// <summary>What it is.</summary>
    public required ModelValueKind Kind { get; init; }

    /// <summary>Of a tensor: the type of its elements. Of a map: the type of its keys.</summary>
    public ElementType? ElementType { get; init; }

    /// <summary>Of a tensor: its dimensions, outermost first; null when the model leaves even their number open.</summary>
    public IReadOnlyList<ModelDimension>? Shape { get; init; }

    /// <summary>Of a sequence, a map or an optional: the type of what it holds.</summary>
    public ModelValueType? Content { get; init; }

    /// <summary>A tensor.</summary>
    /// <param name="elementType">The type of its elements.</param>
    /// <param name="shape">Its dimensions, outermost first; null when even their number is open.</param>
    public static ModelValueType Tensor(ElementType elementType, IReadOnlyList<ModelDimension>? shape) =>
        new() { Kind = ModelValueKind.Tensor, ElementType = elementType, Shape = shape };

    /// <summary>A sequence.</summary>
    /// <param name="content">The type of its members.</param>
    public static ModelValueType Sequence(ModelValueType content) => new() { Kind = ModelValueKind.Sequence, Content = content };

    /// <summary>A map.</summary>
    /// <param name="keys">The type of its keys.</param>
    /// <param name="content">The type of its values.</param>
    public static ModelValueType Map(ElementType keys, ModelValueType content) =>
        new() { Kind = ModelValueKind.Map, ElementType = keys, Content = content };

    /// <summary>A value or nothing.</summary>
    /// <param name="content">The type of the value.</param>
    public static ModelValueType Optional(ModelValueType content) => new() { Kind = ModelValueKind.Optional, Content = content };

    /// <summary>The type in words, such as <c>float32[batch,3,224,224]</c>.</summary>
    public override string ToString() => Kind switch
    {
        ModelValueKind.Tensor or ModelValueKind.SparseTensor => ElementType?.ToDisplayName() + (Shape is null ? "[…]" : $"[{string.Join(',', Shape)}]"),
        ModelValueKind.Sequence => $"sequence<{Content}>",
        ModelValueKind.Map => $"map<{ElementType?.ToDisplayName()},{Content}>",
        _ => $"optional<{Content}>",
    };

    /// <summary>Compares the parts, the shape by its dimensions.</summary>
    /// <param name="other">The other type, or null.</param>
    public bool Equals(ModelValueType? other) =>
        other is not null
        && Kind == other.Kind
        && ElementType == other.ElementType
        && Equals(Content, other.Content)
        && (Shape is null ? other.Shape is null : other.Shape is not null && Shape.SequenceEqual(other.Shape));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, ElementType, Shape?.Count, Content);
}
