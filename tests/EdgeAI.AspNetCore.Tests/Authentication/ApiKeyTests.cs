using System.Net;
using System.Security.Cryptography;
using System.Text;
using EdgeAI.AspNetCore.Configuration;
using EdgeAI.AspNetCore.Tests.Hosting;
using EdgeAI.AspNetCore.Tests.Rest;
using EdgeAI.OpenInference.Protocol;
using EdgeAI.Testing.Catalogue;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace EdgeAI.AspNetCore.Tests.Authentication;

public sealed class ApiKeyTests
{
    private const string InferKey = "infer-key-0123456789";
    private const string ManageKey = "manage-key-0123456789";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "/v2/health/live", null, HttpStatusCode.OK)]
    [InlineData("GET", "/v2/health/ready", null, HttpStatusCode.OK)]
    [InlineData("GET", "/v2", null, HttpStatusCode.Unauthorized)]
    [InlineData("GET", "/v2", "wrong-key-0123456789", HttpStatusCode.Unauthorized)]
    [InlineData("GET", "/v2", InferKey, HttpStatusCode.OK)]
    [InlineData("GET", "/v2", ManageKey, HttpStatusCode.Forbidden)]
    [InlineData("GET", "/v2/models/add-one", null, HttpStatusCode.Unauthorized)]
    [InlineData("GET", "/v2/models/stats", null, HttpStatusCode.Unauthorized)]
    [InlineData("POST", "/v2/models/add-one/infer", null, HttpStatusCode.Unauthorized)]
    [InlineData("POST", "/v2/models/add-one/infer", InferKey, HttpStatusCode.OK)]
    [InlineData("POST", "/v2/repository/models/add-one/load", InferKey, HttpStatusCode.Forbidden)]
    [InlineData("POST", "/v2/repository/models/add-one/load", ManageKey, HttpStatusCode.OK)]
    public async Task Request_WithKey_IsServedByItsScopes(string method, string path, string? key, HttpStatusCode expected)
    {
        await using var host = await StartAsync();
        await host.ImportAsync(TestModels.AddOne);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method == "POST")
        {
            request.Content = RestMessages.Json("""{"inputs":[{"name":"x","shape":[2],"datatype":"FP32","data":[1,2]}]}""");
        }

        if (key is not null)
        {
            request.Headers.Add("X-Api-Key", key);
        }

        using var response = await host.Client.SendAsync(request, Cancellation);

        Assert.Equal(expected, response.StatusCode);
        if (expected is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            Assert.NotEmpty(await response.ReadErrorAsync());
        }
    }

    [Fact]
    public async Task GrpcCall_WithBearerKey_IsServedByItsScopes()
    {
        await using var host = await StartAsync();
        var client = new GRPCInferenceService.GRPCInferenceServiceClient(host.Channel);
        var key = new Metadata { { "Authorization", $"Bearer {InferKey}" } };

        Assert.True((await client.ServerReadyAsync(new ServerReadyRequest(), cancellationToken: Cancellation)).Ready);
        Assert.Equal("edgeai", (await client.ServerMetadataAsync(new ServerMetadataRequest(), key, cancellationToken: Cancellation)).Name);
        Assert.Equal(StatusCode.Unauthenticated, await StatusOfAsync(client.ServerMetadataAsync(new ServerMetadataRequest(), cancellationToken: Cancellation)));
        Assert.Equal(
            StatusCode.PermissionDenied, await StatusOfAsync(client.RepositoryModelLoadAsync(new RepositoryModelLoadRequest { ModelName = "add-one" }, key, cancellationToken: Cancellation)));
    }

    [Theory]
    [InlineData("Origin", "http://elsewhere.example")]
    [InlineData("X-Forwarded-For", "192.0.2.7")]
    [InlineData("Host", "rebound.example")]
    public async Task Request_WithoutKeysFromElsewhereThroughThisMachine_Is401(string header, string value)
    {
        await using var host = await ServingHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v2");
        request.Headers.TryAddWithoutValidation(header, value);

        using var response = await host.Client.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Contains("EdgeAI:Serving:ApiKeys", await response.ReadErrorAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, "infer", "Key or Sha256")]
    [InlineData("tiny-key", null, "infer", "16")]
    [InlineData(null, "abc", "infer", "64")]
    [InlineData(InferKey, null, "everything", "everything")]
    public async Task Start_WrongKey_SaysWhatIsWrongAndNotTheKey(string? key, string? hash, string scope, string reason)
    {
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => ServingHost.StartAsync(serving: options =>
            options.ApiKeys.Add(new ApiKeyOptions { Name = "one", Key = key, Sha256 = hash, Scopes = { scope } })));

        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(key ?? "\0", exception.Message, StringComparison.Ordinal);
    }

    private static Task<ServingHost> StartAsync() => ServingHost.StartAsync(serving: options =>
    {
        options.ApiKeys.Add(new ApiKeyOptions { Name = "app", Sha256 = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(InferKey))), Scopes = { ServingScopes.Infer } });
        options.ApiKeys.Add(new ApiKeyOptions { Name = "operator", Key = ManageKey, Scopes = { ServingScopes.Manage } });
    });

    private static async Task<StatusCode> StatusOfAsync<T>(AsyncUnaryCall<T> call) => (await Assert.ThrowsAsync<RpcException>(async () => await call)).StatusCode;
}
