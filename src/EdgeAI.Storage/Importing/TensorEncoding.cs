using EdgeAI.Inference;

namespace EdgeAI.Storage.Importing;

/// <summary>How a tensor's elements are written: in blocks of so many bytes that hold so many elements.</summary>
/// <param name="Name">What manifests call it: <c>float32</c>, <c>q4_0</c>.</param>
/// <param name="BlockBytes">The bytes of a block; 0 when that is not known.</param>
/// <param name="BlockElements">The elements in a block; 1 for plain numbers of a byte and more, 0 when that is not known.</param>
/// <param name="ElementType">The type of the elements, when they are plain numbers.</param>
internal readonly record struct TensorEncoding(string Name, int BlockBytes, int BlockElements, ElementType? ElementType)
{
    public bool IsKnown => BlockBytes > 0 && BlockElements > 0;

    /// <summary>Plain numbers.</summary>
    /// <param name="type">Their type, not <see cref="Inference.ElementType.String"/>.</param>
    public static TensorEncoding Of(ElementType type) =>
        new(type.ToDisplayName(), Math.Max(1, type.GetBits() / 8), Math.Max(1, 8 / type.GetBits()), type);

    /// <summary>Something that we have only a name for.</summary>
    public static TensorEncoding Unknown(string name) => new(name, 0, 0, null);

    /// <summary>How many elements whole blocks of so many bytes hold.</summary>
    public long CountElements(long bytes) => bytes / BlockBytes * BlockElements;

    /// <summary>How many bytes so many elements take.</summary>
    /// <exception cref="OverflowException">More than a <see cref="long"/> holds.</exception>
    public long CountBytes(long elements) => checked(((elements / BlockElements) + (elements % BlockElements > 0 ? 1 : 0)) * BlockBytes);
}
