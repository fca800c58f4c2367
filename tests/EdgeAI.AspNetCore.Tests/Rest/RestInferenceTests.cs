using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeAI.AspNetCore.Tests.Hosting;
using EdgeAI.Inference;
using EdgeAI.Testing.Catalogue;

namespace EdgeAI.AspNetCore.Tests.Rest;

public sealed class RestInferenceTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Infer_Json_GivesTheOutputs()
    {
        await using var host = await ServingHost.StartAsync();
        await host.ImportAsync(TestModels.Add);

        using var response = await host.Client.PostAsync(
            "/v2/models/add/infer",
            RestMessages.Json("""{"id":"a \u00e4","inputs":[{"data":[[1,2]],"name":"a","shape":[2],"datatype":"FP32"},{"name":"b","shape":[2],"datatype":"FP32","data":[10.5,2e1]}]}"""),
            Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var json = await response.ReadJsonAsync();
        Assert.Equal("add", (string)json["model_name"]!);
        Assert.Equal("latest", (string)json["model_version"]!);
        Assert.Equal("a ä", (string)json["id"]!);
        var output = json["outputs"]![0]!;
        Assert.Equal("FP32", (string)output["datatype"]!);
        Assert.Equal([2L], output["shape"]!.AsArray().GetValues<long>());
        Assert.Equal([11.5f, 22], output["data"]!.AsArray().GetValues<float>());
    }

    [Theory]
    [MemberData(nameof(ElementTypes))]
    public async Task Infer_BinaryOfEveryType_GivesTheSameBytes(ElementType type)
    {
        var model = TestModels.Identity(type);
        await using var host = await ServingHost.StartAsync();
        await host.ImportAsync(model);
        var sample = model.CreateInputs()["x"].AsTensor().AsBytes().ToArray();

        using var response = await host.Client.PostAsync($"/v2/models/{model.Name}/infer", RestMessages.Binary("x", RestMessages.NameOf(type), [2, 3], sample), Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var (header, data) = await response.ReadBinaryAsync();
        Assert.Equal(RestMessages.NameOf(type), (string)header["outputs"]![0]!["datatype"]!);
        Assert.Equal(sample.Length, (int)header["outputs"]![0]!["parameters"]!["binary_data_size"]!);
        Assert.Equal(sample, data);
    }

    [Theory]
    [InlineData(ElementType.Int8, "[-128,127,0,1,2,3]")]
    [InlineData(ElementType.Int16, "[-32768,32767,0,1,2,3]")]
    [InlineData(ElementType.Int32, "[-2147483648,2147483647,0,1,2,3]")]
    [InlineData(ElementType.Int64, "[-9223372036854775808,9223372036854775807,0,1,2,3]")]
    [InlineData(ElementType.UInt8, "[255,0,1,2,3,4]")]
    [InlineData(ElementType.UInt16, "[65535,0,1,2,3,4]")]
    [InlineData(ElementType.UInt32, "[4294967295,0,1,2,3,4]")]
    [InlineData(ElementType.UInt64, "[18446744073709551615,0,1,2,3,4]")]
    [InlineData(ElementType.Float32, "[3.4028235E+38,-0,1.5,1E-45,2,3]")]
    [InlineData(ElementType.Float64, "[1.7976931348623157E+308,-0,1.5,5E-324,2,3]")]
    [InlineData(ElementType.Bool, "[true,false,true,true,false,false]")]
    [InlineData(ElementType.String, "[\"plain\",\"\",\"za\u017C\u00F3\u0142\u0107\",\"\u6A21\u578B\",\"a\\nb\",\"x\"]")]
    public async Task Infer_JsonOfEveryType_GivesTheSameElements(ElementType type, string data)
    {
        var model = type == ElementType.String ? TestModels.Get("identity-string") : TestModels.Identity(type);
        await using var host = await ServingHost.StartAsync();
        await host.ImportAsync(model);

        using var response = await host.Client.PostAsync(
            $"/v2/models/{model.Name}/infer",
            RestMessages.Json($$"""{"inputs":[{"name":"x","shape":[2,3],"datatype":"{{RestMessages.NameOf(type)}}","data":{{data}}}]}"""),
            Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(JsonNode.Parse(data)!.ToJsonString(), (await response.ReadJsonAsync())["outputs"]![0]!["data"]!.ToJsonString());
    }

    [Fact]
    public async Task Infer_BinaryStrings_GivesTheSameStrings()
    {
        await using var host = await ServingHost.StartAsync();
        await host.ImportAsync(TestModels.Get("identity-string"));
        byte[] strings = [1, 0, 0, 0, (byte)'a', 0, 0, 0, 0, 2, 0, 0, 0, 0xC3, 0xA4, 1, 0, 0, 0, (byte)'b', 0, 0, 0, 0, 3, 0, 0, 0, (byte)'x', (byte)'y', (byte)'z'];

        using var response = await host.Client.PostAsync("/v2/models/identity-string/infer", RestMessages.Binary("x", "BYTES", [2, 3], strings), Cancellation);

        Assert.Equal(strings, (await response.ReadBinaryAsync()).Data);
    }

    [Fact]
    public async Task Infer_MixedFormsAndRequestedOutputs_GivesThemAsAsked()
    {
        await using var host = await ServingHost.StartAsync();
        await host.ImportAsync(TestModels.Add);
        var header = """
            {"inputs":[{"name":"a","shape":[2],"datatype":"FP32","data":[1,2]},{"name":"b","shape":[2],"datatype":"FP32","parameters":{"binary_data_size":8}}],
             "outputs":[{"name":"y","parameters":{"binary_data":true}}]}
            """;

        using var response = await host.Client.PostAsync(
            "/v2/models/add/infer", RestMessages.Binary(System.Text.Encoding.UTF8.GetBytes(header), [.. BitConverter.GetBytes(10f), .. BitConverter.GetBytes(20f)]), Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var (_, data) = await response.ReadBinaryAsync();
        Assert.Equal([11f, 22], MemoryMarshal.Cast<byte, float>(data).ToArray());
    }

    [Theory]
    [InlineData("/v2/models/ocr/add/infer")]
    [InlineData("/v2/models/ocr%2Fadd/infer")]
    [InlineData("/v2/models/ocr/add/versions/v4/infer")]
    [InlineData("/v2/models/ocr%2Fadd/versions/v4/infer")]
    [InlineData("/v2/models/ocr%2Fadd:v4/infer")]
    public async Task Infer_NameWithSlashes_FindsTheModel(string path)
    {
        await using var host = await ServingHost.StartAsync();
        await host.ImportAsync(TestModels.AddOne, "ocr/add:v4");

        using var response = await host.Client.PostAsync(path, RestMessages.Json(Input("[1,2]")), Cancellation);

        var json = await response.ReadJsonAsync();
        Assert.Equal("ocr/add v4", $"{json["model_name"]} {json["model_version"]}");
    }

    [Fact]
    public async Task Infer_TagMovedOn_AnswersWithTheNewVersionWithinASecond()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        await using var host = await ServingHost.StartAsync(build: builder => Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton<TimeProvider>(builder.Services, time));
        await host.ImportAsync(TestModels.AddOne, "m:1");
        Assert.Equal(HttpStatusCode.OK, (await host.Client.PostAsync("/v2/models/m/infer", RestMessages.Json(Input("[1,2]")), Cancellation)).StatusCode);

        await host.ImportAsync(TestModels.Mlp, "m:1");
        time.Advance(TimeSpan.FromSeconds(1));
        using var response = await host.Client.PostAsync("/v2/models/m/infer", RestMessages.Json(Input("[1,2]")), Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("16", await response.ReadErrorAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Infer_LargeTensors_ComeThroughWhole()
    {
        await using var host = await ServingHost.StartAsync();
        await host.ImportAsync(TestModels.Quotient);
        var data = new byte[3_000_000 * sizeof(float)];
        Buffer.BlockCopy(Enumerable.Repeat(2f, 3_000_000).ToArray(), 0, data, 0, data.Length);

        using var binary = await host.Client.PostAsync("/v2/models/quotient/infer", RestMessages.Binary("x", "FP32", [3_000_000], data), Cancellation);
        using var json = await host.Client.PostAsync("/v2/models/quotient/infer", RestMessages.Json(Input(JsonSerializer.Serialize(Enumerable.Repeat(2, 100_000)), 100_000)), Cancellation);

        var ones = (await binary.ReadBinaryAsync()).Data;
        Assert.Equal(data.Length, ones.Length);
        Assert.True(AreAllOne(ones));
        Assert.All((await json.ReadJsonAsync())["outputs"]![0]!["data"]!.AsArray().GetValues<float>(), one => Assert.Equal(1, one));
    }

    [Fact]
    public async Task Infer_ChunkedBody_IsRead()
    {
        await using var host = await ServingHost.StartAsync();
        await host.ImportAsync(TestModels.AddOne);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v2/models/add-one/infer") { Content = RestMessages.Json(Input("[1,2]" + new string(' ', 40_000))) };
        request.Headers.TransferEncodingChunked = true;

        using var response = await host.Client.SendAsync(request, Cancellation);

        Assert.Equal([2f, 3], (await response.ReadJsonAsync())["outputs"]![0]!["data"]!.AsArray().GetValues<float>());
    }

    [Fact]
    public async Task Infer_NaNAsJson_SaysToAskForBinary()
    {
        await using var host = await ServingHost.StartAsync();
        await host.ImportAsync(TestModels.Quotient);

        using var response = await host.Client.PostAsync("/v2/models/quotient/infer", RestMessages.Json(Input("[0,2]")), Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("binary_data", await response.ReadErrorAsync(), StringComparison.Ordinal);
    }

    public static TheoryData<ElementType> ElementTypes() => [.. TestModels.NumericElementTypes];

    private static bool AreAllOne(byte[] floats) => MemoryMarshal.Cast<byte, float>(floats).IndexOfAnyExcept(1f) < 0;

    private static string Input(string data, int length = 2) => $$"""{"inputs":[{"name":"x","shape":[{{length}}],"datatype":"FP32","data":{{data}}}]}""";
}
