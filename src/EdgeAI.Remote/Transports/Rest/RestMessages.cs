using System.Text.Json;
using EdgeAI.Remote.Protocol;

namespace EdgeAI.Remote.Transports.Rest;

/// <summary>Answers, read from JSON and what stands behind it. All that is wrong with one is a <see cref="RemoteCallException"/>.</summary>
internal static class RestMessages
{
    private const int MaxTensors = 65536;

    public static RemoteDescription ReadDescription(byte[] body) => Read(body, static root => new RemoteDescription(ReadTensors(root, "inputs"), ReadTensors(root, "outputs")));

    public static IReadOnlyList<string> ReadExtensions(byte[] body) => Read(body, static root =>
        root.TryGetProperty("extensions", out var extensions) ? [.. extensions.EnumerateArray().Select(name => name.GetString()!)] : Array.Empty<string>());

    /// <param name="body">The answer.</param>
    /// <param name="headerLength">How much of it is JSON; null for all.</param>
    public static InferReply ReadReply(byte[] body, int? headerLength) => Read(body.AsMemory(0, headerLength ?? body.Length), root =>
    {
        var reply = new InferReply();
        var rest = body.AsMemory(headerLength ?? body.Length);
        var outputs = root.GetProperty("outputs"u8);
        if (outputs.GetArrayLength() > MaxTensors)
        {
            throw RemoteCallException.Garbled($"it has {outputs.GetArrayLength()} outputs.");
        }

        foreach (var output in outputs.EnumerateArray())
        {
            var name = output.GetProperty("name"u8).GetString() ?? throw RemoteCallException.Garbled("an output has no name.");
            var dataType = output.GetProperty("datatype"u8).GetString();
            var shape = ReadShape(output);
            if (BinaryLengthOf(output) is not { } length)
            {
                reply.Add(name, JsonTensors.Read(name, dataType, shape, output.GetProperty("data"u8)));
                continue;
            }

            if (length < 0 || length > rest.Length)
            {
                throw RemoteCallException.Garbled($"the output '{name}' has {length} bytes, and {rest.Length} are left of the answer.");
            }

            // In an array of its own, which begins where any element may.
            reply.Add(name, TensorReader.FromBytes(name, dataType, shape, rest[..(int)length].ToArray()));
            rest = rest[(int)length..];
        }

        return rest.IsEmpty ? reply : throw RemoteCallException.Garbled($"it has {rest.Length} bytes behind its last output.");
    });

    private static long? BinaryLengthOf(JsonElement output) =>
        output.TryGetProperty("parameters"u8, out var parameters) && parameters.ValueKind == JsonValueKind.Object && parameters.TryGetProperty("binary_data_size"u8, out var length)
            ? length.GetInt64()
            : null;

    private static RemoteTensorInfo[] ReadTensors(JsonElement root, string which) =>
    [
        .. root.GetProperty(which).EnumerateArray().Select(tensor => new RemoteTensorInfo(
            tensor.GetProperty("name"u8).GetString() ?? throw RemoteCallException.Garbled($"one of its {which} has no name."),
            tensor.GetProperty("datatype"u8).GetString() ?? string.Empty,
            ReadShape(tensor))),
    ];

    private static long[] ReadShape(JsonElement tensor) => [.. tensor.GetProperty("shape"u8).EnumerateArray().Select(size => size.GetInt64())];

    private static T Read<T>(ReadOnlyMemory<byte> json, Func<JsonElement, T> read)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return read(document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw RemoteCallException.Garbled("its JSON is not what it should be.", exception);
        }
    }
}
