using System.Text.Json;
using EdgeAI.AspNetCore.Configuration;
using EdgeAI.AspNetCore.Protocol;
using EdgeAI.Inference;

namespace EdgeAI.AspNetCore.Rest;

/// <summary>Reads the JSON of an inference request. What it does not know it passes over.</summary>
internal static class InferRequestParser
{
    /// <exception cref="ProtocolException">The request is malformed, or over the limits.</exception>
    public static InferRequest Parse(ReadOnlySpan<byte> json, ServingLimits limits)
    {
        var request = new InferRequest { JsonLength = json.Length };
        try
        {
            var source = new JsonSource(json, limits.MaxJsonDepth);
            var reader = source.Read();
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                throw ProtocolException.Malformed("The request is no JSON object.");
            }

            while (ReadName(ref reader))
            {
                ReadProperty(ref reader, ref source, request, limits);
            }

            if (reader.Read())
            {
                throw ProtocolException.Malformed("There is more behind the request's JSON object; binary tensors need the header Inference-Header-Content-Length.");
            }

            return request;
        }
        catch (Exception exception)
        {
            request.Dispose();
            throw exception is JsonException or InvalidOperationException ? ProtocolException.Malformed($"The request is no valid JSON: {exception.Message}") : exception;
        }
    }

    private static void ReadProperty(ref Utf8JsonReader reader, ref JsonSource json, InferRequest request, ServingLimits limits)
    {
        if (reader.ValueTextEquals("inputs"u8))
        {
            RequireArray(ref reader, "inputs");
            while (ReadItem(ref reader, "inputs"))
            {
                ReadInput(ref reader, ref json, request, limits);
            }
        }
        else if (reader.ValueTextEquals("outputs"u8))
        {
            RequireArray(ref reader, "outputs");
            while (ReadItem(ref reader, "outputs"))
            {
                ReadOutput(ref reader, request, limits);
            }
        }
        else if (reader.ValueTextEquals("id"u8))
        {
            request.Id = ReadString(ref reader, "id");
        }
        else if (reader.ValueTextEquals("parameters"u8))
        {
            request.Parameters = ReadParameters(ref reader);
        }
        else
        {
            reader.Skip();
        }
    }

    private static RequestParameters ReadParameters(ref Utf8JsonReader reader)
    {
        var parameters = default(RequestParameters);
        RequireObject(ref reader, "parameters");
        while (ReadName(ref reader))
        {
            if (reader.ValueTextEquals(RequestParameters.PriorityName))
            {
                parameters.SetPriority(ReadInteger(ref reader, RequestParameters.PriorityName));
            }
            else if (reader.ValueTextEquals(RequestParameters.TimeoutName))
            {
                parameters.SetTimeout(ReadInteger(ref reader, RequestParameters.TimeoutName));
            }
            else if (reader.ValueTextEquals(RequestParameters.BinaryOutputName))
            {
                parameters.IsBinaryOutput = ReadBool(ref reader, RequestParameters.BinaryOutputName);
            }
            else
            {
                reader.Skip();
            }
        }

        return parameters;
    }

    private static void ReadInput(ref Utf8JsonReader reader, ref JsonSource json, InferRequest request, ServingLimits limits)
    {
        if (request.Inputs.Count + request.BinaryInputs.Count >= limits.MaxTensors)
        {
            throw ProtocolException.Malformed($"The request has more than {limits.MaxTensors} inputs.");
        }

        var input = default(InputFields);
        while (ReadName(ref reader))
        {
            ReadInputProperty(ref reader, ref json, ref input, request, limits);
        }

        var name = input.Name ?? throw ProtocolException.Malformed("An input has no name.");
        if (!TensorTypes.TryParse(input.DataType, out var type))
        {
            throw ProtocolException.Malformed($"The data type of the input '{name}' is '{input.DataType}'; it must be one of {TensorTypes.Names}.");
        }

        var shape = input.Shape ?? throw ProtocolException.Malformed($"The input '{name}' has no shape.");
        if (request.Inputs.ContainsKey(name) || request.BinaryInputs.Exists(other => other.Name == name))
        {
            throw ProtocolException.Malformed($"The input '{name}' is given twice.");
        }

        var elements = TensorShape.CountElements(name, shape, limits);
        if (input.BinaryLength is { } length)
        {
            AddBinary(request, new BinaryInput(name, type, shape, elements, length), input.DataAt is not null);
        }
        else if (input.Data is { } read)
        {
            RequireAsRead(input, name, type, shape, read);
            request.Inputs.Add(name, read);
        }
        else if (input.DataAt is { } at)
        {
            // What is before it has been read already, so that the order of the properties is free.
            var behind = json.From(at);
            var data = behind.Read();
            data.Read();
            request.Inputs.Add(name, JsonTensor.Read(ref data, ref behind, name, type, shape, elements, request));
        }
        else
        {
            throw ProtocolException.Malformed($"The input '{name}' has neither data nor a binary_data_size.");
        }
    }

    private static void RequireAsRead(InputFields input, string name, ElementType type, long[] shape, TensorValue read)
    {
        if (read.ElementType != type || !read.Shape.SequenceEqual(shape) || input.ReadAs != name)
        {
            throw ProtocolException.Malformed($"The input '{name}' has a property twice.");
        }
    }

    private static void AddBinary(InferRequest request, BinaryInput input, bool hasData)
    {
        if (hasData)
        {
            throw ProtocolException.Malformed($"The input '{input.Name}' has data and a binary_data_size; give one of them.");
        }

        if (input.Type != ElementType.String && input.Type.GetByteCount(input.Elements) != input.Length)
        {
            throw ProtocolException.Malformed(
                $"The binary_data_size of the input '{input.Name}' is {input.Length}; its shape and data type make {input.Type.GetByteCount(input.Elements)} bytes.");
        }

        request.BinaryInputs.Add(input);
    }

    private static void ReadInputProperty(ref Utf8JsonReader reader, ref JsonSource json, ref InputFields input, InferRequest request, ServingLimits limits)
    {
        if (reader.ValueTextEquals("data"u8))
        {
            reader.Read();
            input.DataAt = json.PositionOf(reader);
            if (input is { Name: { } name, Shape: { } shape, Data: null } && TensorTypes.TryParse(input.DataType, out var type))
            {
                // As clients write them; otherwise the data is read when what it should be is known.
                input.ReadAs = name;
                input.Data = JsonTensor.Read(ref reader, ref json, name, type, shape, TensorShape.CountElements(name, shape, limits), request);
            }
            else
            {
                reader.Skip();
            }
        }
        else if (reader.ValueTextEquals("name"u8))
        {
            input.Name = ReadString(ref reader, "name");
        }
        else if (reader.ValueTextEquals("shape"u8))
        {
            input.Shape = ReadShape(ref reader, limits);
        }
        else if (reader.ValueTextEquals("datatype"u8))
        {
            input.DataType = ReadString(ref reader, "datatype");
        }
        else if (reader.ValueTextEquals("parameters"u8))
        {
            RequireObject(ref reader, "parameters");
            while (ReadName(ref reader))
            {
                if (reader.ValueTextEquals("binary_data_size"u8))
                {
                    input.BinaryLength = ReadLength(ref reader, limits);
                }
                else
                {
                    reader.Skip();
                }
            }
        }
        else
        {
            reader.Skip();
        }
    }

    private static int ReadLength(ref Utf8JsonReader reader, ServingLimits limits)
    {
        var length = ReadInteger(ref reader, "binary_data_size");
        return length >= 0 && length <= limits.MaxBodyBytes
            ? (int)length
            : throw ProtocolException.TooLarge($"A binary_data_size is {length}; it must be from 0 to {limits.MaxBodyBytes}.");
    }

    private static void ReadOutput(ref Utf8JsonReader reader, InferRequest request, ServingLimits limits)
    {
        if (request.Outputs.Count >= limits.MaxTensors)
        {
            throw ProtocolException.Malformed($"The request asks for more than {limits.MaxTensors} outputs.");
        }

        string? name = null;
        bool? isBinary = null;
        while (ReadName(ref reader))
        {
            if (reader.ValueTextEquals("name"u8))
            {
                name = ReadString(ref reader, "name");
            }
            else if (reader.ValueTextEquals("parameters"u8))
            {
                isBinary = ReadOutputParameters(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        request.Outputs.Add(new RequestedOutput(name ?? throw ProtocolException.Malformed("An output has no name."), isBinary));
    }

    private static bool? ReadOutputParameters(ref Utf8JsonReader reader)
    {
        bool? isBinary = null;
        RequireObject(ref reader, "parameters");
        while (ReadName(ref reader))
        {
            if (reader.ValueTextEquals("binary_data"u8))
            {
                isBinary = ReadBool(ref reader, "binary_data");
            }
            else if (reader.ValueTextEquals("classification"u8))
            {
                throw ProtocolException.Malformed("This server has no classification extension; ask for the output itself.");
            }
            else
            {
                reader.Skip();
            }
        }

        return isBinary;
    }

    private static long[] ReadShape(ref Utf8JsonReader reader, ServingLimits limits)
    {
        RequireArray(ref reader, "shape");
        Span<long> sizes = stackalloc long[limits.MaxRank];
        var rank = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (rank == sizes.Length)
            {
                throw ProtocolException.Malformed($"A shape has more than {limits.MaxRank} dimensions.");
            }

            sizes[rank++] = reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var size) ? size : throw ProtocolException.Malformed("A dimension is no whole number.");
        }

        return sizes[..rank].ToArray();
    }

    private static bool ReadName(ref Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.PropertyName;

    private static bool ReadItem(ref Utf8JsonReader reader, string property)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.StartObject
            || (reader.TokenType == JsonTokenType.EndArray ? false : throw ProtocolException.Malformed($"A member of '{property}' is no object."));
    }

    private static void RequireArray(ref Utf8JsonReader reader, string property) => Require(ref reader, JsonTokenType.StartArray, property, "array");

    private static void RequireObject(ref Utf8JsonReader reader, string property) => Require(ref reader, JsonTokenType.StartObject, property, "object");

    private static void Require(ref Utf8JsonReader reader, JsonTokenType token, string property, string what)
    {
        if (!reader.Read() || reader.TokenType != token)
        {
            throw ProtocolException.Malformed($"'{property}' is no {what}.");
        }
    }

    private static string ReadString(ref Utf8JsonReader reader, string property) =>
        reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw ProtocolException.Malformed($"'{property}' is no string.");

    private static long ReadInteger(ref Utf8JsonReader reader, string property) =>
        reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var value)
            ? value
            : throw ProtocolException.Malformed($"'{property}' is no whole number.");

    private static bool ReadBool(ref Utf8JsonReader reader, string property) =>
        reader.Read() && reader.TokenType is JsonTokenType.True or JsonTokenType.False
            ? reader.TokenType == JsonTokenType.True
            : throw ProtocolException.Malformed($"'{property}' is neither true nor false.");

    private struct InputFields
    {
        public string? Name;
        public string? DataType;
        public long[]? Shape;
        public int? BinaryLength;
        public int? DataAt;
        public TensorValue? Data;
        public string? ReadAs;
    }
}
