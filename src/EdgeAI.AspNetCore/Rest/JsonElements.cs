using System.Text.Json;
using EdgeAI.Inference;

namespace EdgeAI.AspNetCore.Rest;

/// <summary>Writes elements of a tensor as JSON.</summary>
internal static class JsonElements
{
    public static void Write(Utf8JsonWriter json, TensorValue tensor, int start, int count)
    {
        switch (tensor.ElementType)
        {
            case ElementType.Float32: JsonFloatWriter.Write(json, tensor.AsSpan<float>().Slice(start, count)); break;
            case ElementType.Float64: Write(json, tensor.AsSpan<double>().Slice(start, count), static (writer, value) => writer.WriteNumberValue(value)); break;
            case ElementType.Int64: Write(json, tensor.AsSpan<long>().Slice(start, count), static (writer, value) => writer.WriteNumberValue(value)); break;
            case ElementType.Int32: Write(json, tensor.AsSpan<int>().Slice(start, count), static (writer, value) => writer.WriteNumberValue(value)); break;
            case ElementType.Int16: Write(json, tensor.AsSpan<short>().Slice(start, count), static (writer, value) => writer.WriteNumberValue(value)); break;
            case ElementType.Int8: Write(json, tensor.AsSpan<sbyte>().Slice(start, count), static (writer, value) => writer.WriteNumberValue(value)); break;
            case ElementType.UInt64: Write(json, tensor.AsSpan<ulong>().Slice(start, count), static (writer, value) => writer.WriteNumberValue(value)); break;
            case ElementType.UInt32: Write(json, tensor.AsSpan<uint>().Slice(start, count), static (writer, value) => writer.WriteNumberValue(value)); break;
            case ElementType.UInt16: Write(json, tensor.AsSpan<ushort>().Slice(start, count), static (writer, value) => writer.WriteNumberValue(value)); break;
            case ElementType.UInt8: Write(json, tensor.AsSpan<byte>().Slice(start, count), static (writer, value) => writer.WriteNumberValue(value)); break;
            case ElementType.Bool: Write(json, tensor.AsSpan<bool>().Slice(start, count), static (writer, value) => writer.WriteBooleanValue(value)); break;
            default: Write(json, tensor.AsSpan<string>().Slice(start, count), static (writer, value) => writer.WriteStringValue(value)); break;
        }
    }

    private static void Write<T>(Utf8JsonWriter json, ReadOnlySpan<T> elements, Action<Utf8JsonWriter, T> write)
    {
        foreach (var element in elements)
        {
            write(json, element);
        }
    }
}
