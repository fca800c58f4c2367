using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeAI.Inference;

namespace EdgeAI.AspNetCore.Tests.Rest;

/// <summary>Requests and responses of the protocol, written by hand.</summary>
internal static class RestMessages
{
    public const string HeaderLength = "Inference-Header-Content-Length";

    private static readonly Dictionary<ElementType, string> Names = new()
    {
        [ElementType.Float32] = "FP32",
        [ElementType.Float64] = "FP64",
        [ElementType.Float16] = "FP16",
        [ElementType.BFloat16] = "BF16",
        [ElementType.Bool] = "BOOL",
        [ElementType.Int8] = "INT8",
        [ElementType.Int16] = "INT16",
        [ElementType.Int32] = "INT32",
        [ElementType.Int64] = "INT64",
        [ElementType.UInt8] = "UINT8",
        [ElementType.UInt16] = "UINT16",
        [ElementType.UInt32] = "UINT32",
        [ElementType.UInt64] = "UINT64",
        [ElementType.String] = "BYTES",
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static string NameOf(ElementType type) => Names[type];

    public static ByteArrayContent Json(string json) => new(Encoding.UTF8.GetBytes(json)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    /// <summary>A request for the catalogue's loop that does not end by itself.</summary>
    public static ByteArrayContent Endless(int priority = 0, int timeoutMicroseconds = 0) => Loop(1_000_000_000, priority, timeoutMicroseconds);

    /// <summary>A request for the catalogue's loop.</summary>
    public static ByteArrayContent Loop(long trips, int priority = 0, int timeoutMicroseconds = 0) => Json($$"""
        {"parameters":{"priority":{{priority}},"timeout":{{timeoutMicroseconds}}},"inputs":[{"name":"trips","shape":[],"datatype":"INT64","data":[{{trips}}]},
        {"name":"x","shape":[1,64],"datatype":"FP32","data":[{{string.Join(',', Enumerable.Repeat("0.5", 64))}}]}]}
        """);

    /// <summary>A request with one binary input, all outputs wanted in binary form.</summary>
    public static ByteArrayContent Binary(string name, string type, long[] shape, byte[] data)
    {
        var header = Encoding.UTF8.GetBytes(new JsonObject
        {
            ["inputs"] = new JsonArray(new JsonObject
            {
                ["name"] = name,
                ["datatype"] = type,
                ["shape"] = JsonSerializer.SerializeToNode(shape),
                ["parameters"] = new JsonObject { ["binary_data_size"] = data.Length },
            }),
            ["parameters"] = new JsonObject { ["binary_data_output"] = true },
        }.ToJsonString());
        return Binary(header, data);
    }

    public static ByteArrayContent Binary(byte[] header, byte[] data)
    {
        var content = new ByteArrayContent([.. header, .. data]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        content.Headers.Add(HeaderLength, header.Length.ToString());
        return content;
    }

    public static async Task<JsonNode> ReadJsonAsync(this HttpResponseMessage response) => JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancellation))!;

    /// <summary>The response's JSON, and the binary tensors behind it.</summary>
    public static async Task<(JsonNode Header, byte[] Data)> ReadBinaryAsync(this HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsByteArrayAsync(Cancellation);
        var length = int.Parse(response.Headers.GetValues(HeaderLength).Single());
        return (JsonNode.Parse(body.AsSpan(0, length))!, body[length..]);
    }

    public static async Task<string> ReadErrorAsync(this HttpResponseMessage response)
    {
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        return (string)(await response.ReadJsonAsync())["error"]!;
    }
}
