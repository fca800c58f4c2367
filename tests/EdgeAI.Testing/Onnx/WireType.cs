namespace EdgeAI.Testing.Onnx;

/// <summary>How a protocol buffers field is laid out.</summary>
public enum WireType
{
    /// <summary>A number of variable length.</summary>
    Varint = 0,

    /// <summary>Eight bytes.</summary>
    Fixed64 = 1,

    /// <summary>A length and as many bytes.</summary>
    LengthDelimited = 2,

    /// <summary>The start of a group, which ONNX never uses.</summary>
    StartGroup = 3,

    /// <summary>The end of a group, which ONNX never uses.</summary>
    EndGroup = 4,

    /// <summary>Four bytes.</summary>
    Fixed32 = 5,
}
