using System.Net;
using System.Net.Sockets;
using System.Text;
using EdgeAI.AspNetCore.Tests.Hosting;
using EdgeAI.Testing;
using EdgeAI.Testing.Catalogue;

namespace EdgeAI.AspNetCore.Tests.Rest;

public sealed class RestFailureTests
{
    private const string Right = """{"inputs":[{"name":"x","shape":[2],"datatype":"FP32","data":[1,2]}]}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", "no valid JSON")]
    [InlineData("[]", "no JSON object")]
    [InlineData("{", "no valid JSON")]
    [InlineData("""{"inputs":{}}""", "'inputs' is no array")]
    [InlineData("""{"inputs":[1]}""", "no object")]
    [InlineData("""{"id":7,"inputs":[]}""", "'id' is no string")]
    [InlineData("""{"inputs":[]}""", "'x'")]
    [InlineData("""{"inputs":[{"shape":[2],"datatype":"FP32","data":[1,2]}]}""", "no name")]
    [InlineData("""{"inputs":[{"name":"x","datatype":"FP32","data":[1,2]}]}""", "no shape")]
    [InlineData("""{"inputs":[{"name":"x","shape":[2],"datatype":"FP31","data":[1,2]}]}""", "FP31")]
    [InlineData("""{"inputs":[{"name":"x","shape":[2],"datatype":"FP32"}]}""", "neither data")]
    [InlineData("""{"inputs":[{"name":"x","shape":[2],"datatype":"FP32","data":[1]}]}""", "1 elements")]
    [InlineData("""{"inputs":[{"name":"x","shape":[2],"datatype":"FP32","data":[1,2,3]}]}""", "more data")]
    [InlineData("""{"inputs":[{"name":"x","shape":[2],"datatype":"FP32","data":[1,"2"]}]}""", "Element 1")]
    [InlineData("""{"inputs":[{"name":"x","shape":[2],"datatype":"FP32","data":[1,1e99]}]}""", "Element 1")]
    [InlineData("""{"inputs":[{"name":"x","shape":[2],"datatype":"FP32","data":{}}]}""", "no array")]
    [InlineData("""{"inputs":[{"name":"x","shape":[-2],"datatype":"FP32","data":[1,2]}]}""", "-2")]
    [InlineData("""{"inputs":[{"name":"x","shape":[2.5],"datatype":"FP32","data":[1,2]}]}""", "whole number")]
    [InlineData("""{"inputs":[{"name":"x","shape":[1000,1000],"datatype":"FP32","data":[1,2]}]}""", "more than its data")]
    [InlineData("""{"inputs":[{"name":"x","shape":[2],"datatype":"FP16","data":[1,2]}]}""", "binary")]
    [InlineData("""{"inputs":[{"name":"x","shape":[2],"datatype":"INT32","data":[1,2]}]}""", "float32")]
    [InlineData("""{"inputs":[{"name":"x","shape":[3],"datatype":"FP32","data":[1,2,3]}]}""", "float32[2]")]
    [InlineData("""{"inputs":[{"name":"x","shape":[2],"datatype":"FP32","parameters":{"binary_data_size":8}}]}""", "Inference-Header-Content-Length")]
    [InlineData("""{"inputs":[{"name":"x","shape":[2],"datatype":"FP32","data":[1,2]},{"name":"x","shape":[2],"datatype":"FP32","data":[1,2]}]}""", "twice")]
    [InlineData("""{"inputs":[{"name":"x","shape":[2],"datatype":"FP32","data":[1,2]}],"outputs":[{"name":"z"}]}""", "no output 'z'")]
    [InlineData("""{"inputs":[{"name":"x","shape":[2],"datatype":"FP32","data":[1,2]}],"outputs":[{"name":"y"},{"name":"y"}]}""", "twice")]
    [InlineData("""{"inputs":[{"name":"x","shape":[2],"datatype":"FP32","data":[1,2]}],"outputs":[{"name":"y","parameters":{"classification":3}}]}""", "classification")]
    [InlineData("""{"parameters":{"priority":-1},"inputs":[]}""", "priority")]
    [InlineData("""{"parameters":{"timeout":"soon"},"inputs":[]}""", "timeout")]
    [InlineData("""{"inputs":[{"name":"x\ud800","shape":[2],"datatype":"FP32","data":[1,2]}]}""", "no valid JSON")]
    public async Task Infer_Malformed_Is400AndSaysWhy(string json, string reason)
    {
        await using var host = await ServingHost.StartAsync();
        await host.ImportAsync(TestModels.AddOne);

        using var response = await host.Client.PostAsync("/v2/models/add-one/infer", RestMessages.Json(json), Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(reason, await response.ReadErrorAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await host.Client.PostAsync("/v2/models/add-one/infer", RestMessages.Json(Right), Cancellation)).StatusCode);
    }

    [Fact]
    public async Task Infer_OverLimits_IsRefusedBeforeItIsRead()
    {
        await using var host = await ServingHost.StartAsync(serving: options =>
        {
            options.Limits.MaxBodyBytes = 4096;
            options.Limits.MaxElements = 100;
            options.Limits.MaxRank = 3;
            options.Limits.MaxTensors = 2;
            options.Limits.MaxJsonDepth = 8;
            options.Limits.MaxHeaderBytes = 512;
        });
        await host.ImportAsync(TestModels.AddOne);
        var deep = new string('[', 9) + "1" + new string(']', 9);
        var three = string.Join(',', Enumerable.Range(0, 3).Select(i => $$"""{"name":"x{{i}}","shape":[1],"datatype":"FP32","data":[1]}"""));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await PostAsync(Right + new string(' ', 5000)));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await PostAsync("""{"inputs":[{"name":"x","shape":[101],"datatype":"FP32","data":[1]}]}"""));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync("""{"inputs":[{"name":"x","shape":[1,1,1,2],"datatype":"FP32","data":[1,2]}]}"""));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync($$"""{"inputs":[{{three}}]}"""));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync($$"""{"inputs":[{"name":"x","shape":[1],"datatype":"FP32","data":{{deep}}}]}"""));
        using var header = await host.Client.PostAsync("/v2/models/add-one/infer", RestMessages.Binary(Encoding.UTF8.GetBytes(Right + new string(' ', 500)), []), Cancellation);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, header.StatusCode);
        Assert.True(header.Headers.ConnectionClose);

        async Task<HttpStatusCode> PostAsync(string json)
        {
            using var response = await host.Client.PostAsync("/v2/models/add-one/infer", RestMessages.Json(json), Cancellation);
            Assert.NotEmpty(await response.ReadErrorAsync());
            return response.StatusCode;
        }
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("many")]
    [InlineData("99999")]
    public async Task Infer_WrongHeaderLength_Is400(string length)
    {
        await using var host = await ServingHost.StartAsync();
        await host.ImportAsync(TestModels.AddOne);
        using var content = RestMessages.Json(Right);
        content.Headers.Add(RestMessages.HeaderLength, length);

        using var response = await host.Client.PostAsync("/v2/models/add-one/infer", content, Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(RestMessages.HeaderLength, await response.ReadErrorAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v2/models/none/infer", HttpStatusCode.NotFound)]
    [InlineData("/v2/models/add-one/versions/none/infer", HttpStatusCode.NotFound)]
    [InlineData("/v2/models/a%20b/infer", HttpStatusCode.BadRequest)]
    [InlineData("/v2/models/add-one:latest/versions/v1/infer", HttpStatusCode.BadRequest)]
    [InlineData("/v2/models/add-one", HttpStatusCode.NotFound)]
    [InlineData("/v2/models/../infer", HttpStatusCode.NotFound)]
    [InlineData("/v2/repository/models/none/load", HttpStatusCode.NotFound)]
    [InlineData("/v2/repository/models/add-one", HttpStatusCode.NotFound)]
    public async Task Post_WrongPath_IsRefused(string path, HttpStatusCode expected)
    {
        await using var host = await ServingHost.StartAsync();
        await host.ImportAsync(TestModels.AddOne);

        using var response = await host.Client.PostAsync(path, RestMessages.Json(Right), Cancellation);

        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task Infer_ModelLargerThanTheBudget_Is503()
    {
        await using var host = await ServingHost.StartAsync(engine: options =>
        {
            options.Memory.HostPrivateBytes = 1;
            options.Memory.HostMappedBytes = 1;
            options.Memory.Admission = EdgeAI.Configuration.MemoryAdmission.Fail;
        });
        await host.ImportAsync(TestModels.MatMul);

        using var response = await host.Client.PostAsync("/v2/models/matmul/infer", RestMessages.Json(Right), Cancellation);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
    }

    [Fact]
    public async Task Infer_CompressedBody_Is415()
    {
        await using var host = await ServingHost.StartAsync();
        await host.ImportAsync(TestModels.AddOne);
        using var content = RestMessages.Json(Right);
        content.Headers.ContentEncoding.Add("gzip");

        using var response = await host.Client.PostAsync("/v2/models/add-one/infer", content, Cancellation);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Fact]
    public async Task Infer_TimeoutParameterTooShort_Is504()
    {
        await using var host = await ServingHost.StartAsync();
        await host.ImportAsync(TestModels.Loop);
        using var response = await host.Client.PostAsync("/v2/models/loop/infer", RestMessages.Endless(timeoutMicroseconds: 20_000), Cancellation);

        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
    }

    // Each request is a right one with some bytes changed, cut off or put in twice: whatever it is then, it is answered, the server is at no fault, and a right request is served after it.
    [Fact]
    public async Task Infer_MutatedRequests_AreNeverTheServersFault()
    {
        await using var host = await ServingHost.StartAsync();
        await host.ImportAsync(TestModels.AddOne, TestModels.Get("identity-string"));
        var random = new Random(NightlyRun.Seed);
        byte[][] seeds =
        [
            Encoding.UTF8.GetBytes("""{"id":"a","parameters":{"priority":1,"timeout":1000000,"binary_data_output":true},"inputs":[{"name":"x","shape":[2],"datatype":"FP32","data":[1,2]}],"outputs":[{"name":"y","parameters":{"binary_data":false}}]}"""),
            [.. Encoding.UTF8.GetBytes("""{"inputs":[{"name":"x","shape":[2],"datatype":"FP32","parameters":{"binary_data_size":8}}]}"""), 1, 2, 3, 4, 5, 6, 7, 8],
            [.. Encoding.UTF8.GetBytes("""{"inputs":[{"name":"x","shape":[1,1],"datatype":"BYTES","parameters":{"binary_data_size":6}}]}"""), 2, 0, 0, 0, 65, 66],
        ];
        for (var i = 0; i < NightlyRun.Count(600, 60_000); i++)
        {
            var seed = seeds[i % seeds.Length];
            var body = Mutate(random, seed);
            using var content = new ByteArrayContent(body);
            if (i % seeds.Length != 0)
            {
                content.Headers.TryAddWithoutValidation(RestMessages.HeaderLength, (Array.IndexOf(seed, (byte)']', Array.LastIndexOf(seed, (byte)']')) + 2 + (random.Next(8) == 0 ? random.Next(-3, 4) : 0)).ToString());
            }

            using var response = await host.Client.PostAsync(i % 2 == 0 ? "/v2/models/add-one/infer" : "/v2/models/identity-string/infer", content, Cancellation);

            Assert.True((int)response.StatusCode is 200 or (>= 400 and < 500) or 504, $"{response.StatusCode} for {Convert.ToBase64String(body)}: {await response.Content.ReadAsStringAsync(Cancellation)}");
            if (response.StatusCode != HttpStatusCode.OK)
            {
                Assert.NotEmpty(await response.ReadErrorAsync());
            }
        }

        Assert.Equal(HttpStatusCode.OK, (await host.Client.PostAsync("/v2/models/add-one/infer", RestMessages.Json(Right), Cancellation)).StatusCode);
    }

    [Fact]
    public async Task Infer_BodyThatEndsEarly_LeavesTheServerAsItWas()
    {
        await using var host = await ServingHost.StartAsync();
        await host.ImportAsync(TestModels.AddOne);
        for (var i = 0; i < 20; i++)
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(host.Client.BaseAddress!.Host, host.Client.BaseAddress.Port, Cancellation);
            await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST /v2/models/add-one/infer HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n\r\n{Right[..(i * 3)]}"), Cancellation);
        }

        Assert.Equal(HttpStatusCode.OK, (await host.Client.PostAsync("/v2/models/add-one/infer", RestMessages.Json(Right), Cancellation)).StatusCode);
    }

    private static byte[] Mutate(Random random, byte[] seed)
    {
        List<byte> body = [.. seed];
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var at = random.Next(body.Count);
            switch (random.Next(4))
            {
                case 0: body[at] = (byte)random.Next(256); break;
                case 1: body.RemoveRange(at, Math.Min(body.Count - at - 1, random.Next(1, 20))); break;
                case 2: body.InsertRange(at, body.Skip(random.Next(body.Count)).Take(random.Next(1, 20)).ToArray()); break;
                default: body[at] = (byte)"0123456789-.[]{},:\"etrn"[random.Next(23)]; break;
            }
        }

        return [.. body];
    }
}
