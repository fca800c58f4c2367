using System.Text;
using EdgeAI.Inference;
using EdgeAI.Providers;
using EdgeAI.Remote.Configuration;
using EdgeAI.Remote.Tests.Hosting;
using EdgeAI.Testing.Catalogue;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace EdgeAI.Remote.Tests.Faults;

/// <summary>What servers send is not believed: whatever it is, the caller gets a typed exception, and the next run works.</summary>
public sealed class WrongAnswerTests
{
    private const string Right = """{"outputs":[{"name":"y","datatype":"FP32","shape":[2],"data":[2,3]}]}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData("<html>Welcome to nginx!</html>")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"outputs\":7}")]
    [InlineData("{\"outputs\":[]}")]
    [InlineData("{\"outputs\":[7]}")]
    [InlineData("{\"outputs\":[{\"name\":\"z\",\"datatype\":\"FP32\",\"shape\":[2],\"data\":[2,3]}]}")]
    [InlineData("{\"outputs\":[{\"name\":null,\"datatype\":\"FP32\",\"shape\":[2],\"data\":[2,3]}]}")]
    [InlineData("{\"outputs\":[{\"name\":\"y\",\"datatype\":\"FP32\",\"shape\":[3],\"data\":[2,3]}]}")]
    [InlineData("{\"outputs\":[{\"name\":\"y\",\"datatype\":\"FP32\",\"shape\":[3],\"data\":[2,3,4]}]}")]
    [InlineData("{\"outputs\":[{\"name\":\"y\",\"datatype\":\"FP32\",\"shape\":[1,2],\"data\":[2,3]}]}")]
    [InlineData("{\"outputs\":[{\"name\":\"y\",\"datatype\":\"FP32\",\"shape\":[-2],\"data\":[2,3]}]}")]
    [InlineData("{\"outputs\":[{\"name\":\"y\",\"datatype\":\"FP32\",\"shape\":[9223372036854775807,4],\"data\":[2,3]}]}")]
    [InlineData("{\"outputs\":[{\"name\":\"y\",\"datatype\":\"FP32\",\"shape\":[99999999999999999999],\"data\":[2,3]}]}")]
    [InlineData("{\"outputs\":[{\"name\":\"y\",\"datatype\":\"FP32\",\"shape\":[2],\"data\":[2,\"3\"]}]}")]
    [InlineData("{\"outputs\":[{\"name\":\"y\",\"datatype\":\"FP32\",\"shape\":[2],\"data\":\"23\"}]}")]
    [InlineData("{\"outputs\":[{\"name\":\"y\",\"datatype\":\"FP32\",\"shape\":[2]}]}")]
    [InlineData("{\"outputs\":[{\"name\":\"y\",\"datatype\":\"INT64\",\"shape\":[2],\"data\":[2,3]}]}")]
    [InlineData("{\"outputs\":[{\"name\":\"y\",\"datatype\":\"FP31\",\"shape\":[2],\"data\":[2,3]}]}")]
    [InlineData("{\"outputs\":[{\"name\":\"y\",\"datatype\":\"BYTES\",\"shape\":[2],\"data\":[\"a\",null]}]}")]
    [InlineData("{\"outputs\":[{\"name\":\"y\",\"datatype\":\"FP32\",\"shape\":[2],\"data\":[2,3]},{\"name\":\"y\",\"datatype\":\"FP32\",\"shape\":[2],\"data\":[2,3]}]}")]
    public async Task RunAsync_WrongJson_ThrowsAndGoesOn(string json) =>
        await RequireRefusedAsync((context, _) => FakeServer.JsonAsync(context, json));

    [Theory]
    [InlineData(8, 8, "")]
    [InlineData(4, 4, "")]
    [InlineData(8, 4, "")]
    [InlineData(2000000000, 8, "")]
    [InlineData(-1, 8, "")]
    [InlineData(8, 12, "")]
    [InlineData(8, 8, "999999")]
    [InlineData(8, 8, "-5")]
    [InlineData(8, 8, "many")]
    public async Task RunAsync_WrongBinary_ThrowsAndGoesOn(long declared, int sent, string header)
    {
        // The first case differs from a right answer by the type alone.
        var type = (declared, sent, header) == (8, 8, string.Empty) ? "FP64" : "FP32";
        var json = Encoding.UTF8.GetBytes($$$"""{"outputs":[{"name":"y","datatype":"{{{type}}}","shape":[2],"parameters":{"binary_data_size":{{{declared}}}}}]}""");

        await RequireRefusedAsync(async (context, _) =>
        {
            context.Response.Headers["Inference-Header-Content-Length"] = header.Length > 0 ? header : $"{json.Length}";
            await context.Response.Body.WriteAsync(json);
            await context.Response.Body.WriteAsync(new byte[sent]);
        });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunAsync_AnswerLongerThanAllowed_IsNotReadToItsEnd(bool isDeclared) => await RequireRefusedAsync(async (context, _) =>
    {
        context.Response.ContentLength = isDeclared ? 1_000_000_000_000 : null;
        var piece = new byte[64 << 10];
        while (!context.RequestAborted.IsCancellationRequested)
        {
            await context.Response.Body.WriteAsync(piece, context.RequestAborted);
        }
    });

    [Theory]
    [InlineData(400)]
    [InlineData(418)]
    [InlineData(500)]
    [InlineData(302)]
    public async Task RunAsync_StatusThatIsAFailure_ThrowsAndGoesOn(int status) => await RequireRefusedAsync(FakeServer.Refuse(status));

    [Theory]
    [InlineData("nonsense")]
    [InlineData("{}")]
    [InlineData("{\"inputs\":[],\"outputs\":[]}")]
    [InlineData("{\"inputs\":[{\"name\":\"x\",\"datatype\":\"TYPE_FP32\",\"shape\":[2]}],\"outputs\":[{\"name\":\"y\",\"datatype\":\"FP32\",\"shape\":[2]}]}")]
    [InlineData("{\"inputs\":[],\"outputs\":[{\"name\":\"y\",\"datatype\":\"FP32\",\"shape\":[-7]}]}")]
    public async Task LoadAsync_WrongMetadata_Throws(string metadata)
    {
        await using var server = await FakeServer.StartAsync();
        server.Description = metadata;
        await using var node = Node(server);

        var exception = await Assert.ThrowsAsync<ModelLoadException>(() => node.LoadAsync("add-one", RemotePolicy.RemoteOnly));

        Assert.Contains("open inference protocol", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoadAsync_GrpcToWhatIsNoGrpc_Throws()
    {
        await using var server = await FakeServer.StartAsync(listen => listen.Protocols = HttpProtocols.Http2);
        await using var node = new EdgeNode(options => options.Endpoints.Add(server.Address));

        var exception = await Assert.ThrowsAnyAsync<EdgeAIException>(() => node.LoadAsync("add-one", RemotePolicy.RemoteOnly));

        Assert.True(exception is ModelLoadException or RemoteUnavailableException, exception.ToString());
    }

    [Fact]
    public async Task RunAsync_ServerThatGivesGarbage_IsLeftForThisMachine()
    {
        await using var server = await FakeServer.StartAsync();
        server.OnRun = (context, _) => FakeServer.JsonAsync(context, "nonsense");
        await using var node = Node(server);
        await node.ImportAsync(TestModels.AddOne);
        await using var lease = await node.LoadAsync(TestModels.AddOne.Name, RemotePolicy.RemoteFirst);

        using var outputs = await lease.RunAsync(TestModels.AddOne.CreateInputs(), Cancellation);

        Assert.IsType<RemoteProtocolException>(Assert.Single(node.Faults).Error.InnerException);
        Assert.Equal(["y"], outputs.Keys);
    }

    private static async Task RequireRefusedAsync(Func<HttpContext, byte[], Task> answer)
    {
        await using var server = await FakeServer.StartAsync();
        await using var node = Node(server);
        await using var lease = await node.LoadAsync("add-one", RemotePolicy.RemoteOnly);
        server.OnRun = answer;

        await Assert.ThrowsAsync<InferenceException>(async () => await lease.RunAsync(TestModels.AddOne.CreateInputs(), Cancellation));

        server.OnRun = (context, _) => FakeServer.JsonAsync(context, Right);
        using var outputs = await lease.RunAsync(TestModels.AddOne.CreateInputs(), Cancellation);
        Assert.Equal([2f, 3f], outputs.GetTensor("y").ToArray<float>());
    }

    private static EdgeNode Node(FakeServer server) => new(options =>
    {
        options.Transport = RemoteTransport.Rest;
        options.MaxResponseBytes = 1 << 20;
        options.Endpoints.Add(server.Address);
    });
}
