using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using EdgeAI.AspNetCore.Protocol;
using EdgeAI.Inference;

namespace EdgeAI.AspNetCore.Rest;

/// <summary>Reads a tensor's elements from JSON straight into its memory: one array, or arrays in arrays.</summary>
internal static class JsonTensor
{
    private delegate bool TryRead<T>(ref Utf8JsonReader reader, out T value);

    /// <summary>Reads the elements; the reader stands on the value, and on its last token afterwards.</summary>
    /// <param name="reader">The JSON.</param>
    /// <param name="source">What the reader is on.</param>
    /// <param name="name">The input's name.</param>
    /// <param name="type">The type of its elements.</param>
    /// <param name="shape">Its dimensions.</param>
    /// <param name="elements">How many elements they make.</param>
    /// <param name="request">Lends the memory.</param>
    /// <exception cref="ProtocolException">The value is no array of so many elements of that type.</exception>
    public static TensorValue Read(ref Utf8JsonReader reader, ref JsonSource source, string name, ElementType type, long[] shape, int elements, InferRequest request)
    {
        if (type == ElementType.String)
        {
            // The text holds two quotes and a comma for each, so that a shape alone makes no large array.
            var strings = new string[CheckRoom(name, elements, request)];
            Fill<string>(ref reader, name, type, strings, TryReadString);
            return TensorValue.Create(strings, shape);
        }

        if (type is ElementType.Float16 or ElementType.BFloat16)
        {
            throw ProtocolException.Malformed($"The input '{name}' is {TensorTypes.NameOf(type)}, which JSON can't carry; send it as binary data.");
        }

        var length = (int)type.GetByteCount(CheckRoom(name, elements, request));
        var memory = request.Rent(length).AsMemory(0, length);
        var bytes = memory.Span;
        switch (type)
        {
            case ElementType.Float32: Fill(ref reader, ref source, name, Of<float>(bytes)); break;
            case ElementType.Float64: Fill(ref reader, name, type, Of<double>(bytes), TryReadDouble); break;
            case ElementType.Int64: Fill(ref reader, name, type, Of<long>(bytes), static (ref Utf8JsonReader json, out long value) => json.TryGetInt64(out value)); break;
            case ElementType.Int32: Fill(ref reader, name, type, Of<int>(bytes), static (ref Utf8JsonReader json, out int value) => json.TryGetInt32(out value)); break;
            case ElementType.Int16: Fill(ref reader, name, type, Of<short>(bytes), static (ref Utf8JsonReader json, out short value) => json.TryGetInt16(out value)); break;
            case ElementType.Int8: Fill(ref reader, name, type, Of<sbyte>(bytes), static (ref Utf8JsonReader json, out sbyte value) => json.TryGetSByte(out value)); break;
            case ElementType.UInt64: Fill(ref reader, name, type, Of<ulong>(bytes), static (ref Utf8JsonReader json, out ulong value) => json.TryGetUInt64(out value)); break;
            case ElementType.UInt32: Fill(ref reader, name, type, Of<uint>(bytes), static (ref Utf8JsonReader json, out uint value) => json.TryGetUInt32(out value)); break;
            case ElementType.UInt16: Fill(ref reader, name, type, Of<ushort>(bytes), static (ref Utf8JsonReader json, out ushort value) => json.TryGetUInt16(out value)); break;
            case ElementType.UInt8: Fill(ref reader, name, type, bytes, static (ref Utf8JsonReader json, out byte value) => json.TryGetByte(out value)); break;
            default: Fill(ref reader, name, type, Of<bool>(bytes), TryReadBool); break;
        }

        return TensorValue.FromBytes(type, memory, shape);
    }

    private static Span<T> Of<T>(Span<byte> bytes)
        where T : struct => MemoryMarshal.Cast<byte, T>(bytes);

    private static int CheckRoom(string name, int elements, InferRequest request) => elements <= request.JsonLength
        ? elements
        : throw ProtocolException.Malformed($"The input '{name}' has {elements} elements by its shape, more than its data can hold.");

    private static void Fill(ref Utf8JsonReader reader, ref JsonSource source, string name, Span<float> elements)
    {
        if (reader.TokenType == JsonTokenType.StartArray && JsonFloats.TryRead(source.After(reader), elements, out var length))
        {
            source.Pass(ref reader, length);
            reader.Read();
            return;
        }

        // Arrays in arrays, and what is wrong.
        Fill(ref reader, name, ElementType.Float32, elements, TryReadSingle);
    }

    private static void Fill<T>(ref Utf8JsonReader reader, string name, ElementType type, Span<T> elements, TryRead<T> read)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw ProtocolException.Malformed($"The data of the input '{name}' is no array.");
        }

        var isNumber = type is not (ElementType.Bool or ElementType.String);
        var count = 0;
        for (var depth = 1; depth > 0;)
        {
            reader.Read();
            switch (reader.TokenType)
            {
                case JsonTokenType.StartArray:
                    depth++;
                    break;
                case JsonTokenType.EndArray:
                    depth--;
                    break;
                default:
                    if (count == elements.Length)
                    {
                        throw ProtocolException.Malformed($"The input '{name}' has more data than the {elements.Length} elements of its shape.");
                    }

                    if ((isNumber && reader.TokenType != JsonTokenType.Number) || !read(ref reader, out elements[count]))
                    {
                        throw ProtocolException.Malformed($"Element {count} of the input '{name}' is no {TensorTypes.NameOf(type)}.");
                    }

                    count++;
                    break;
            }
        }

        if (count != elements.Length)
        {
            throw ProtocolException.Malformed($"The input '{name}' has {count} elements; its shape says {elements.Length}.");
        }
    }

    private static bool TryReadSingle(ref Utf8JsonReader reader, out float value) =>
        float.TryParse(reader.ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && float.IsFinite(value);

    private static bool TryReadDouble(ref Utf8JsonReader reader, out double value) => reader.TryGetDouble(out value) && double.IsFinite(value);

    // Some clients write 0 and 1.
    private static bool TryReadBool(ref Utf8JsonReader reader, out bool value)
    {
        value = reader.TokenType == JsonTokenType.True || (reader.TokenType == JsonTokenType.Number && reader.ValueSpan.SequenceEqual("1"u8));
        return value || reader.TokenType == JsonTokenType.False || (reader.TokenType == JsonTokenType.Number && reader.ValueSpan.SequenceEqual("0"u8));
    }

    private static bool TryReadString(ref Utf8JsonReader reader, out string value)
    {
        var isString = reader.TokenType == JsonTokenType.String;
        value = isString ? reader.GetString()! : string.Empty;
        return isString;
    }
}
