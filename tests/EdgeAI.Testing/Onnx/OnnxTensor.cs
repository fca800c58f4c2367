using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using EdgeAI.Inference;

namespace EdgeAI.Testing.Onnx;

/// <summary>A tensor of an ONNX file (<c>TensorProto</c>).</summary>
public sealed record OnnxTensor
{
    /// <summary>Its name in the graph; empty inside an attribute.</summary>
    public string Name { get; init; } = string.Empty;

    /// <summary>The type of its elements.</summary>
    public required ElementType Type { get; init; }

    /// <summary>Its dimensions, written as they are even if they fit nothing.</summary>
    public required IReadOnlyList<long> Dimensions { get; init; }

    /// <summary>Its elements as raw little-endian bytes; empty for strings.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>Its elements when they are strings.</summary>
    public IReadOnlyList<string> Strings { get; init; } = [];

    /// <summary>Where the elements are written.</summary>
    public TensorForm Form { get; init; }

    /// <summary>The file when <see cref="Form"/> is <see cref="TensorForm.External"/>.</summary>
    public ExternalData? External { get; init; }

    /// <summary>A tensor of numbers, in <c>raw_data</c>.</summary>
    public static OnnxTensor Create<T>(string name, T[] data, params long[] dimensions)
        where T : unmanaged => new()
        {
            Name = name,
            Type = ElementTypeExtensions.Of<T>() ?? throw new ArgumentException($"{typeof(T)} is no element type.", nameof(data)),
            Dimensions = dimensions,
            Data = MemoryMarshal.AsBytes<T>(data).ToArray(),
        };

    /// <summary>A tensor of strings.</summary>
    public static OnnxTensor OfStrings(string name, string[] data, params long[] dimensions) =>
        new() { Name = name, Type = ElementType.String, Dimensions = dimensions, Strings = data };

    /// <summary>The same tensor with its elements in the field of their type.</summary>
    public OnnxTensor AsTyped() => this with { Form = TensorForm.Typed };

    /// <summary>The same tensor with its elements in a file beside the model.</summary>
    public OnnxTensor AsExternal(ExternalData external) => this with { Form = TensorForm.External, External = external };

    internal void Write(ProtobufWriter writer, bool packed)
    {
        writer.WriteIntegers(1, Dimensions, packed);
        writer.WriteInteger(2, (int)Type);
        if (Name.Length > 0)
        {
            writer.WriteText(8, Name);
        }

        WriteElements(writer);
    }

    private void WriteElements(ProtobufWriter writer)
    {
        if (Form == TensorForm.External)
        {
            WriteExternal(writer, External!);
        }
        else if (Type == ElementType.String)
        {
            WriteStrings(writer);
        }
        else if (Form == TensorForm.Typed)
        {
            WriteTyped(writer);
        }
        else
        {
            writer.WriteBytes(9, Data.Span);
        }
    }

    private static void WriteExternal(ProtobufWriter writer, ExternalData external)
    {
        WriteEntry(writer, "location", external.Location);
        if (external.Offset is { } offset)
        {
            WriteEntry(writer, "offset", offset.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        if (external.Length is { } length)
        {
            WriteEntry(writer, "length", length.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        writer.WriteInteger(14, 1);
    }

    private static void WriteEntry(ProtobufWriter writer, string key, string value) => writer.WriteMessage(13, entry =>
    {
        entry.WriteText(1, key);
        entry.WriteText(2, value);
    });

    private void WriteStrings(ProtobufWriter writer)
    {
        foreach (var text in Strings)
        {
            writer.WriteBytes(6, Encoding.UTF8.GetBytes(text));
        }
    }

    private void WriteTyped(ProtobufWriter writer)
    {
        switch (Type)
        {
            case ElementType.Float32 or ElementType.Complex64:
                writer.WriteBytes(4, Data.Span);
                break;
            case ElementType.Float64 or ElementType.Complex128:
                writer.WriteBytes(10, Data.Span);
                break;
            case ElementType.Int64:
                writer.WriteIntegers(7, Elements(sizeof(long), BinaryPrimitives.ReadInt64LittleEndian), packed: true);
                break;
            case ElementType.UInt64:
                writer.WriteIntegers(11, Elements(sizeof(long), BinaryPrimitives.ReadInt64LittleEndian), packed: true);
                break;
            case ElementType.UInt32:
                writer.WriteIntegers(11, Elements(sizeof(uint), bytes => BinaryPrimitives.ReadUInt32LittleEndian(bytes)), packed: true);
                break;
            default:
                writer.WriteIntegers(5, SmallElements(), packed: true);
                break;
        }
    }

    // int32_data carries every type of four bytes or less: sign-extended for signed integers, as bare bits for all others.
    private long[] SmallElements() => Type switch
    {
        ElementType.Int32 => Elements(sizeof(int), bytes => BinaryPrimitives.ReadInt32LittleEndian(bytes)),
        ElementType.Int16 => Elements(sizeof(short), bytes => BinaryPrimitives.ReadInt16LittleEndian(bytes)),
        ElementType.Int8 => Elements(sizeof(sbyte), bytes => (sbyte)bytes[0]),
        ElementType.UInt16 or ElementType.Float16 or ElementType.BFloat16 =>
            Elements(sizeof(ushort), bytes => BinaryPrimitives.ReadUInt16LittleEndian(bytes)),
        _ => Elements(sizeof(byte), bytes => bytes[0]),
    };

    private long[] Elements(int size, Func<ReadOnlySpan<byte>, long> read)
    {
        var result = new long[Data.Length / size];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = read(Data.Span.Slice(i * size, size));
        }

        return result;
    }
}
