namespace EdgeAI.Testing.Onnx;

/// <summary>A dimension that a graph declares: fixed, named, or unknown.</summary>
public readonly record struct OnnxDimension(long? Size, string? Symbol)
{
    /// <summary>A dimension of which nothing is said.</summary>
    public static OnnxDimension Unknown => default;

    /// <summary>A fixed dimension.</summary>
    public static implicit operator OnnxDimension(long size) => new(size, null);

    /// <summary>A free dimension with a name.</summary>
    public static implicit operator OnnxDimension(string symbol) => new(null, symbol);

    internal void Write(ProtobufWriter writer)
    {
        if (Size is { } size)
        {
            writer.WriteInteger(1, size);
        }
        else if (Symbol is not null)
        {
            writer.WriteText(2, Symbol);
        }
    }
}
