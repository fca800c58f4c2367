using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using EdgeAI.AspNetCore.Tests.Hosting;
using EdgeAI.AspNetCore.Tests.Rest;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using EdgeAI.Testing.Processes;

namespace EdgeAI.AspNetCore.Tests.Clients;

/// <summary>The server as curl finds it.</summary>
public sealed class CurlTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Infer_Json_GivesTheOutputs()
    {
        await using var host = await ServingHost.StartAsync();
        await host.ImportAsync(TestModels.Increment, "demo/add:v1");

        var answer = await AskAsync(AddressOf(host, "demo%2Fadd/versions/v1"), "--json", """{"inputs":[{"name":"x","shape":[2],"datatype":"FP32","data":[1,2]}]}""");

        Assert.Equal("[2,3]", JsonNode.Parse(answer)!["outputs"]![0]!["data"]!.ToJsonString());
    }

    // Chunks have no length beforehand; a long body waits for 100 Continue; HTTP/2 is there without TLS.
    [Theory]
    [InlineData("--http1.1")]
    [InlineData("--http1.1", "--header", "Transfer-Encoding: chunked")]
    [InlineData("--http2-prior-knowledge")]
    public async Task Infer_BinaryExtension_GivesEveryElement(params string[] options)
    {
        await using var host = await ServingHost.StartAsync();
        await host.ImportAsync(TestModels.Increment);
        var values = Enumerable.Range(0, 1 << 20).Select(i => (float)(i % 4096)).ToArray();
        var header = $$$"""
            {"inputs":[{"name":"x","shape":[{{{values.Length}}}],"datatype":"FP32","parameters":{"binary_data_size":{{{values.Length * 4}}}}}],"parameters":{"binary_data_output":true}}
            """;
        await File.WriteAllBytesAsync(_folder.Combine("body"), [.. Encoding.UTF8.GetBytes(header), .. MemoryMarshal.AsBytes<float>(values)], TestContext.Current.CancellationToken);

        await AskAsync(
            AddressOf(host, "increment", isHttp2: options[0] == "--http2-prior-knowledge"),
            [.. options, "--data-binary", "@" + _folder.Combine("body"), "--header", $"{RestMessages.HeaderLength}: {Encoding.UTF8.GetByteCount(header)}",
                "--header", "Content-Type: application/octet-stream", "--dump-header", _folder.Combine("headers"), "--output", _folder.Combine("answer")]);

        var headers = await File.ReadAllLinesAsync(_folder.Combine("headers"), TestContext.Current.CancellationToken);
        var length = int.Parse(headers.Single(line => line.StartsWith(RestMessages.HeaderLength, StringComparison.OrdinalIgnoreCase)).Split(':')[1]);
        var answer = (await File.ReadAllBytesAsync(_folder.Combine("answer"), TestContext.Current.CancellationToken)).AsSpan();
        Assert.Equal(values.Length * 4, (int)JsonNode.Parse(answer[..length])!["outputs"]![0]!["parameters"]!["binary_data_size"]!);
        Assert.Equal(values.Select(value => value + 1), MemoryMarshal.Cast<byte, float>(answer[length..]).ToArray());
    }

    private static string AddressOf(ServingHost host, string model, bool isHttp2 = false) =>
        $"{(isHttp2 ? $"http://{host.Channel.Target}/" : host.Client.BaseAddress)}v2/models/{model}/infer";

    private static async Task<string> AskAsync(string address, params string[] options)
    {
        var result = await ChildProcess.RunAsync("curl", ["--silent", "--show-error", "--fail-with-body", .. options, address], null, TestContext.Current.CancellationToken);
        return result.EnsureSuccess().Output;
    }
}
