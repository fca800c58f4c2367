using EdgeAI.Inference;

namespace EdgeAI.Storage.Importing.Onnx;

/// <summary>What a tensor's message says, while it is read.</summary>
internal sealed class TensorFields
{
    /// <summary>More dimensions than any operator takes.</summary>
    public const int MaxRank = 64;

    private const int MaxLocationFields = 64;

    private readonly List<long> _shape = [];
    private long _elements = 1;

    public string Name { get; set; } = string.Empty;

    public ElementType? ElementType { get; set; }

    public IReadOnlyList<long> Shape => [.. _shape];

    public ProtobufField? Raw { get; set; }

    /// <summary>The first field of typed numbers.</summary>
    public ProtobufField? Typed { get; private set; }

    /// <summary>How many fields of typed numbers there are: one when they are packed, as many as numbers when they are not.</summary>
    public long TypedCount { get; private set; }

    /// <summary>The fields that say where external bytes are.</summary>
    public List<ProtobufField> Location { get; } = [];

    /// <summary>What kernels made of the tensor, when the file says so.</summary>
    public List<PackedWeights> Packed { get; } = [];

    public bool IsExternal { get; set; }

    public string? ExternalLocation { get; set; }

    public long ExternalOffset { get; set; }

    public long? ExternalLength { get; set; }

    public void AddLocation(in ProtobufField field)
    {
        if (Location.Count == MaxLocationFields)
        {
            throw new MalformedModelException($"the tensor '{Name}' says in more than {MaxLocationFields} fields where it is", field.Start);
        }

        Location.Add(field);
    }

    public void AddTyped(in ProtobufField field)
    {
        Typed ??= field;
        TypedCount++;
    }

    public void AddDimension(long size, long offset)
    {
        if (size < 0 || _shape.Count == MaxRank)
        {
            throw new MalformedModelException($"the tensor '{Name}' has a negative dimension, or more than {MaxRank}", offset);
        }

        _shape.Add(size);
        _elements = Multiply(_elements, size, offset);
    }

    public long GetByteCount(ElementType type, long offset)
    {
        try
        {
            return type.GetByteCount(_elements);
        }
        catch (OverflowException)
        {
            throw TooLarge(offset);
        }
    }

    private long Multiply(long left, long right, long offset)
    {
        try
        {
            return checked(left * right);
        }
        catch (OverflowException)
        {
            throw TooLarge(offset);
        }
    }

    private MalformedModelException TooLarge(long offset) => new($"the tensor '{Name}' is larger than any file", offset);
}
