using EdgeAI.AspNetCore.Configuration;
using EdgeAI.AspNetCore.Tests.Hosting;
using EdgeAI.Testing.Catalogue;

namespace EdgeAI.AspNetCore.Tests.Clients;

/// <summary>The server as gRPC's own library for Python finds it: another HTTP/2, another protobuf, other stubs.</summary>
public sealed class PythonClientTests(PythonClient python)
{
    [Fact]
    public async Task ModelInfer_TypedContents_GivesWhatTheModelSays()
    {
        await using var host = await StartAsync();

        var answer = await python.AskAsync(host, "typed");

        Assert.Equal([2f, 3, 4], answer["values"]!.AsArray().GetValues<float>());
        Assert.Equal(("increment", "latest", "from python"), ((string)answer["model"]!, (string)answer["version"]!, (string)answer["id"]!));
        Assert.Equal("""[["y","FP32",[3]]]""", answer["outputs"]!.ToJsonString());
    }

    [Fact]
    public async Task ModelInfer_Strings_ComeBackAsTheyWere()
    {
        await using var host = await ServingHost.StartAsync();
        await host.ImportAsync(TestModels.Get("identity-string"));

        var answer = await python.AskAsync(host, "strings");

        Assert.Equal(answer["asked"]!.ToJsonString(), answer["answered"]!.ToJsonString());
        Assert.Equal(6, answer["answered"]!.AsArray().Count);
    }

    [Fact]
    public async Task ModelInfer_RawContentsOfEightMegabytes_GivesEveryElement()
    {
        await using var host = await StartAsync();

        var answer = await python.AskAsync(host, "raw");

        Assert.Equal((2097152, 0), ((int)answer["count"]!, (int)answer["wrong"]!));
    }

    [Fact]
    public async Task Metadata_OfServerAndModel_IsRead()
    {
        await using var host = await StartAsync();

        var answer = await python.AskAsync(host, "metadata");

        Assert.All(["live", "ready", "model_ready"], name => Assert.True((bool)answer[name]!));
        Assert.Equal(("edgeai", "onnxruntime_onnx"), ((string)answer["server"]!, (string)answer["platform"]!));
        Assert.Contains("statistics", answer["extensions"]!.AsArray().GetValues<string>());
        Assert.Equal("""[["x","FP32",[-1]]]""", answer["inputs"]!.ToJsonString());
        Assert.Equal(["latest"], answer["versions"]!.AsArray().GetValues<string>());
    }

    [Fact]
    public async Task AnyCall_ThatCannotBeDone_HasItsStatusAndAReason()
    {
        await using var host = await StartAsync();
        await host.ImportAsync(TestModels.Loop);

        var answer = await python.AskAsync(host, "errors");

        Assert.Equal("NOT_FOUND", (string)answer["missing"]![0]!);
        Assert.Equal("INVALID_ARGUMENT", (string)answer["short"]![0]!);
        Assert.Contains("1 elements", (string)answer["short"]![1]!, StringComparison.Ordinal);
        Assert.Equal("UNIMPLEMENTED", (string)answer["unknown"]![0]!);
        Assert.NotEqual("OK", (string)answer["no_message"]![0]!);
        Assert.Equal("DEADLINE_EXCEEDED", (string)answer["late"]![0]!);
        Assert.Equal("OK", (string)answer["afterwards"]![0]!);
    }

    [Fact]
    public async Task ModelStreamInfer_RequestThatFailsBetweenOthers_AnswersEachInItsPlace()
    {
        await using var host = await StartAsync();

        var answer = await python.AskAsync(host, "stream");

        Assert.Equal(3, answer.AsArray().Count);
        Assert.Equal("[2]", answer[0]!.ToJsonString().Replace(".0", string.Empty, StringComparison.Ordinal));
        Assert.Contains("wrong", (string)answer[1]!, StringComparison.Ordinal);
        Assert.Equal("[2]", answer[2]!.ToJsonString().Replace(".0", string.Empty, StringComparison.Ordinal));
    }

    [Fact]
    public async Task AnyCall_WithKeysInTheMetadata_DoesWhatTheirScopesAllow()
    {
        await using var host = await StartAsync(serving => serving.ApiKeys.Add(new ApiKeyOptions { Name = "app", Key = "infer-key-0123456789", Scopes = { ServingScopes.Infer } }));

        var answer = await python.AskAsync(host, "keys");

        var said = answer.AsObject().ToDictionary(entry => entry.Key, entry => (string)entry.Value!);
        Assert.Equal(
            new Dictionary<string, string> { ["none"] = "UNAUTHENTICATED", ["wrong"] = "UNAUTHENTICATED", ["bearer"] = "OK", ["other_scope"] = "PERMISSION_DENIED", ["health"] = "OK" }, said);
    }

    [Fact]
    public async Task Health_AskedByCheck_IsServing()
    {
        await using var host = await StartAsync();

        var answer = await python.AskAsync(host, "health");

        Assert.Equal("""{"server":"SERVING","service":"SERVING","other":"NOT_FOUND"}""", answer.ToJsonString());
    }

    [Fact]
    public async Task ModelInfer_ChannelThatChecksTheHealthItself_IsServed()
    {
        await using var host = await StartAsync();

        var answer = await python.AskAsync(host, "checked");

        Assert.Equal([2f, 3, 4], answer.AsArray().GetValues<float>());
    }

    private static async Task<ServingHost> StartAsync(Action<ServingOptions>? serving = null)
    {
        var host = await ServingHost.StartAsync(serving: serving);
        await host.ImportAsync(TestModels.Increment);
        return host;
    }
}
