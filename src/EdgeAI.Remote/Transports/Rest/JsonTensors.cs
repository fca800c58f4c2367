using System.Runtime.InteropServices;
using System.Text.Json;
using EdgeAI.Inference;
using EdgeAI.Remote.Protocol;

namespace EdgeAI.Remote.Transports.Rest;

/// <summary>Tensors as JSON: their elements in one array, or in arrays of arrays as some servers write them.</summary>
internal static class JsonTensors
{
    /// <exception cref="RemoteCallException">JSON has no form for the type.</exception>
    public static void Write(Utf8JsonWriter json, InferInput input)
    {
        json.WriteStartArray("data"u8);
        switch (input.Type)
        {
            case ElementType.Float32:
                WriteAll<float>(json, input, static (to, value) => WriteFinite(to, value, value));
                break;
            case ElementType.Float64:
                WriteAll<double>(json, input, static (to, value) => WriteFinite(to, value, value));
                break;
            case ElementType.Bool:
                WriteAll<bool>(json, input, static (to, value) => to.WriteBooleanValue(value));
                break;
            case ElementType.Int8:
                WriteAll<sbyte>(json, input, static (to, value) => to.WriteNumberValue((int)value));
                break;
            case ElementType.Int16:
                WriteAll<short>(json, input, static (to, value) => to.WriteNumberValue((int)value));
                break;
            case ElementType.Int32:
                WriteAll<int>(json, input, static (to, value) => to.WriteNumberValue(value));
                break;
            case ElementType.Int64:
                WriteAll<long>(json, input, static (to, value) => to.WriteNumberValue(value));
                break;
            case ElementType.UInt8:
                WriteAll<byte>(json, input, static (to, value) => to.WriteNumberValue((int)value));
                break;
            case ElementType.UInt16:
                WriteAll<ushort>(json, input, static (to, value) => to.WriteNumberValue((int)value));
                break;
            case ElementType.UInt32:
                WriteAll<uint>(json, input, static (to, value) => to.WriteNumberValue(value));
                break;
            case ElementType.UInt64:
                WriteAll<ulong>(json, input, static (to, value) => to.WriteNumberValue(value));
                break;
            case ElementType.String:
                Array.ForEach(StringTensors.Read(input.Name, input.Data, input.Shape.Aggregate(1L, (count, size) => count * size)), json.WriteStringValue);
                break;
            default:
                throw new RemoteCallException(RemoteFailure.Refused, $"the input '{input.Name}' is {input.DataType}, which JSON has no form for; the server lacks the binary tensor extension, or Tensors says Json.");
        }

        json.WriteEndArray();
    }

    /// <exception cref="RemoteCallException">The elements are none of the type, or not as many as the shape says.</exception>
    public static TensorValue Read(string name, string? dataType, IReadOnlyList<long> shape, JsonElement data) => TensorReader.TypeOf(name, dataType) switch
    {
        ElementType.Float32 => Read(name, shape, data, static value => value.GetSingle()),
        ElementType.Float64 => Read(name, shape, data, static value => value.GetDouble()),
        ElementType.Bool => Read(name, shape, data, static value => value.GetBoolean()),
        ElementType.Int8 => Read(name, shape, data, static value => value.GetSByte()),
        ElementType.Int16 => Read(name, shape, data, static value => value.GetInt16()),
        ElementType.Int32 => Read(name, shape, data, static value => value.GetInt32()),
        ElementType.Int64 => Read(name, shape, data, static value => value.GetInt64()),
        ElementType.UInt8 => Read(name, shape, data, static value => value.GetByte()),
        ElementType.UInt16 => Read(name, shape, data, static value => value.GetUInt16()),
        ElementType.UInt32 => Read(name, shape, data, static value => value.GetUInt32()),
        ElementType.UInt64 => Read(name, shape, data, static value => value.GetUInt64()),
        ElementType.String => Read(name, shape, data, static value => value.GetString() ?? throw new FormatException()),
        _ => throw RemoteCallException.Garbled($"the output '{name}' is {dataType}, which JSON has no form for."),
    };

    private static void WriteAll<T>(Utf8JsonWriter json, InferInput input, Action<Utf8JsonWriter, T> write)
        where T : struct
    {
        foreach (var value in MemoryMarshal.Cast<byte, T>(input.Data))
        {
            write(json, value);
        }
    }

    private static void WriteFinite<T>(Utf8JsonWriter json, double value, T exact)
    {
        if (!double.IsFinite(value))
        {
            throw new RemoteCallException(RemoteFailure.Refused, "an input has an infinity or NaN, which JSON has no form for; the server lacks the binary tensor extension, or Tensors says Json.");
        }

        if (exact is float single)
        {
            json.WriteNumberValue(single);
        }
        else
        {
            json.WriteNumberValue(value);
        }
    }

    private static TensorValue Read<T>(string name, IReadOnlyList<long> shape, JsonElement data, Func<JsonElement, T> read)
    {
        // The shape alone takes no memory.
        var elements = new List<T>();
        try
        {
            Flatten(data, elements, read);
        }
        catch (Exception exception) when (exception is InvalidOperationException or FormatException)
        {
            throw RemoteCallException.Garbled($"the output '{name}' has an element that is none of its type.", exception);
        }

        return TensorReader.FromElements(name, shape, elements.ToArray());
    }

    private static void Flatten<T>(JsonElement data, List<T> elements, Func<JsonElement, T> read)
    {
        foreach (var value in data.EnumerateArray())
        {
            if (value.ValueKind == JsonValueKind.Array)
            {
                Flatten(value, elements, read);
            }
            else
            {
                elements.Add(read(value));
            }
        }
    }
}
