using System.Net;
using System.Net.Http.Headers;
using EdgeAI.AspNetCore.Configuration;
using EdgeAI.AspNetCore.Tests.Hosting;
using EdgeAI.AspNetCore.Tests.Rest;
using EdgeAI.Storage;
using EdgeAI.Testing.Catalogue;

namespace EdgeAI.AspNetCore.Tests.Nodes;

/// <summary>What a host has laid out, as others read it.</summary>
public sealed class HotFileTests
{
    private const string ReadKey = "read-key-0123456789";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // The weights are larger than what two sockets hold.
    private static TestModel Model { get; } = TestModels.MatMulOf("hot", 2048);

    [Fact]
    public async Task Get_ListAndFiles_GivesWhatIsLaidOutAndNothingElse()
    {
        await using var host = await StartAsync();
        using var hot = await LayOutAsync(host);

        using var list = await host.Client.GetAsync($"{AddressOf(hot)}", Cancellation);
        var files = (await list.ReadJsonAsync())["files"]!.AsArray();

        Assert.Equal(["graph.onnx", "weights.bin"], files.Select(file => (string)file!["path"]!));
        foreach (var file in files)
        {
            using var response = await host.Client.GetAsync($"{AddressOf(hot)}/{file!["path"]}", Cancellation);
            var expected = await File.ReadAllBytesAsync(Path.Combine(Path.GetDirectoryName(hot.Files.ModelPath)!, (string)file["path"]!), Cancellation);
            Assert.Equal((string)file["etag"]!, response.Headers.ETag!.Tag);
            Assert.Equal((long)file["length"]!, expected.Length);
            Assert.Equal(expected, await response.Content.ReadAsByteArrayAsync(Cancellation));
        }
    }

    [Theory]
    [InlineData("bytes=0-99", 206, 0, 100)]
    [InlineData("bytes=16777206-", 206, 16777206, 10)]
    [InlineData("bytes=-10", 206, 16777206, 10)]
    [InlineData("bytes=16777210-99999999", 206, 16777210, 6)]
    [InlineData("bytes=16777216-", 416, 0, 0)]
    [InlineData("bytes=99999999999-", 416, 0, 0)]
    [InlineData("bytes=9-1", 200, 0, 16777216)]
    public async Task Get_Range_GivesThatOrSaysWhyNot(string range, int status, int offset, int length)
    {
        await using var host = await StartAsync();
        using var hot = await LayOutAsync(host);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{AddressOf(hot)}/weights.bin");
        request.Headers.TryAddWithoutValidation("Range", range);

        using var response = await host.Client.SendAsync(request, Cancellation);

        Assert.Equal((HttpStatusCode)status, response.StatusCode);
        if (status != 416)
        {
            var expected = await File.ReadAllBytesAsync(hot.Files.WeightsPath!, Cancellation);
            Assert.Equal(expected[offset..(offset + length)], await response.Content.ReadAsByteArrayAsync(Cancellation));
        }
    }

    [Fact]
    public async Task Get_WithTags_SendsOnlyWhatTheCallerHasNot()
    {
        await using var host = await StartAsync();
        using var hot = await LayOutAsync(host);
        var address = $"{AddressOf(hot)}/weights.bin";
        using var head = await host.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, address), Cancellation);
        var tag = head.Headers.ETag!;

        using var known = await host.Client.SendAsync(new HttpRequestMessage(HttpMethod.Get, address) { Headers = { IfNoneMatch = { tag } } }, Cancellation);
        using var resumed = await host.Client.SendAsync(new HttpRequestMessage(HttpMethod.Get, address) { Headers = { IfRange = new(tag), Range = new(100, null) } }, Cancellation);
        using var changed = await host.Client.SendAsync(
            new HttpRequestMessage(HttpMethod.Get, address) { Headers = { IfRange = new(new EntityTagHeaderValue("\"other\"")), Range = new(100, null) } }, Cancellation);

        Assert.Equal(16777216, head.Content.Headers.ContentLength);
        Assert.Equal([HttpStatusCode.NotModified, HttpStatusCode.PartialContent, HttpStatusCode.OK], new[] { known, resumed, changed }.Select(response => response.StatusCode));
    }

    [Theory]
    [InlineData("checksums.json")]
    [InlineData("stamps.json")]
    [InlineData("derived/")]
    [InlineData("files/graph.onnx")]
    [InlineData("..%2Fgraph.onnx")]
    [InlineData("%2e%2e%2f%2e%2e%2f%2e%2e%2fetc%2fpasswd")]
    [InlineData("..%5C..%5Cgraph.onnx")]
    [InlineData("/etc/passwd")]
    [InlineData("graph.onnx%00")]
    public async Task Get_AnotherName_IsNotFound(string name)
    {
        await using var host = await StartAsync();
        using var hot = await LayOutAsync(host);
        var address = host.Client.BaseAddress + AddressOf(hot) + "/" + name;

        using var response = await host.Client.GetAsync(new Uri(address, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }), Cancellation);

        Assert.True(response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.BadRequest, $"{name}: {response.StatusCode}");
    }

    [Fact]
    public async Task Get_NotLaidOutOrWithoutScope_SaysSo()
    {
        await using var host = await StartAsync(serving => serving.ApiKeys.Add(new ApiKeyOptions { Name = "app", Key = "infer-key-0123456789", Scopes = { ServingScopes.Infer } }));
        await host.ImportAsync(Model);
        var digest = (await host.Store.FindAsync(Model.Name, Cancellation))!.Digest;

        Assert.Equal(HttpStatusCode.NotFound, await StatusOfAsync($"edgeai/v1/store/hot/{digest.Hex}", ReadKey));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusOfAsync("edgeai/v1/store/hot/graph.onnx", ReadKey));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusOfAsync($"edgeai/v1/store/hot/{digest.Hex}", "infer-key-0123456789"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusOfAsync($"edgeai/v1/store/hot/{digest.Hex}/weights.bin", "infer-key-0123456789"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusOfAsync($"edgeai/v1/store/hot/{digest.Hex}/weights.bin", null));

        async Task<HttpStatusCode> StatusOfAsync(string path, string? key)
        {
            using var request = new HttpRequestMessage(
                HttpMethod.Get, new Uri(host.Client.BaseAddress + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
            request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
            host.Client.DefaultRequestHeaders.Authorization = null;
            using var response = await host.Client.SendAsync(request, Cancellation);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task Get_ModelRemovedWhileItIsSent_IsSentToItsEnd()
    {
        await using var host = await StartAsync();
        string address;
        byte[] expected;
        using (var hot = await LayOutAsync(host))
        {
            address = AddressOf(hot);
            expected = await File.ReadAllBytesAsync(hot.Files.WeightsPath!, Cancellation);
        }

        using (var response = await host.Client.GetAsync($"{address}/weights.bin", HttpCompletionOption.ResponseHeadersRead, Cancellation))
        {
            await host.Store.RemoveAsync(Model.Name, Cancellation);
            await host.Store.CollectGarbageAsync(Cancellation);
            using var second = await host.Client.GetAsync($"{address}/graph.onnx", Cancellation);

            Assert.Equal(HttpStatusCode.OK, second.StatusCode);
            Assert.Equal(expected, await response.Content.ReadAsByteArrayAsync(Cancellation));
        }

        // The lease is given back some moments after the last byte.
        while (true)
        {
            await host.Store.CollectGarbageAsync(Cancellation);
            using var gone = await host.Client.GetAsync($"{address}/graph.onnx", Cancellation);
            if (gone.StatusCode == HttpStatusCode.NotFound)
            {
                break;
            }
        }
    }

    internal static async Task<ServingHost> StartAsync(Action<ServingOptions>? serving = null)
    {
        var host = await ServingHost.StartAsync(serving: options =>
        {
            options.ApiKeys.Add(new ApiKeyOptions { Name = "reader", Key = ReadKey, Scopes = { ServingScopes.ReadStore } });
            serving?.Invoke(options);
        });
        host.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ReadKey);
        return host;
    }

    private static async Task<IHotModel> LayOutAsync(ServingHost host)
    {
        await host.ImportAsync(Model);
        return await host.Store.MaterializeAsync(Model.Name, Cancellation);
    }

    private static string AddressOf(IHotModel model) => $"edgeai/v1/store/hot/{model.Digest}";
}
