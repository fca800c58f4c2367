using EdgeAI.Models;

namespace EdgeAI.AspNetCore.Protocol;

/// <summary>What the protocol says of a model.</summary>
/// <param name="Reference">What it is called.</param>
/// <param name="Versions">The tags of its name, the first set first.</param>
/// <param name="Platform">What it runs in.</param>
/// <param name="Signature">What goes in and what comes out.</param>
internal sealed record ModelDescription(ModelReference Reference, IReadOnlyList<string> Versions, string Platform, ModelSignature Signature)
{
    /// <summary>The protocol's data type; for a sequence, a map or an optional its kind, which no request can carry.</summary>
    public static string DataTypeOf(ModelValueType type) => type is { Kind: ModelValueKind.Tensor, ElementType: { } element }
        ? TensorTypes.NameOf(element)
        : type.Kind.ToString().ToUpperInvariant();

    /// <summary>The dimensions, free ones as -1; a shape of any rank is one free dimension.</summary>
    public static IEnumerable<long> ShapeOf(ModelValueType type) => type.Shape?.Select(dimension => dimension.Size ?? -1) ?? [-1L];
}
