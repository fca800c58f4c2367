using System.Text.Json.Nodes;
using EdgeAI.AspNetCore.Tests.Hosting;
using EdgeAI.AspNetCore.Tests.Rest;
using EdgeAI.Testing.Catalogue;

namespace EdgeAI.AspNetCore.Tests.Clients;

/// <summary>The server as gRPC's library for Node.js finds it.</summary>
public sealed class NodeClientTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ModelInfer_TypedAndRawContents_GivesEveryElement()
    {
        await using var host = await ServingHost.StartAsync();
        await host.ImportAsync(TestModels.Increment);
        using var node = NodeClient.Start(host, "infer");

        var answer = JsonNode.Parse((await node.WaitAsync(Cancellation)).EnsureSuccess().Output)!;

        Assert.Equal("""{"typed":[2,3,4],"shape":[3],"count":2097152,"wrong":0,"missing":"NOT_FOUND","statistics":2}""", answer.ToJsonString());
    }

    [Fact]
    public async Task Health_AskedAsAProbeDoes_IsServing()
    {
        await using var host = await ServingHost.StartAsync();
        using var node = NodeClient.Start(host, "check");

        var answer = JsonNode.Parse((await node.WaitAsync(Cancellation)).EnsureSuccess().Output)!;

        Assert.Equal("""{"server":"SERVING","service":"SERVING","other":"NOT_FOUND"}""", answer.ToJsonString());
    }

    [Fact]
    public async Task Health_WatchedWhileTheServerStops_SaysSoAndEnds()
    {
        var host = await ServingHost.StartAsync();
        using var node = NodeClient.Start(host, "watch");
        Assert.Equal("\"SERVING\"", await node.ReadLineAsync(Cancellation));

        await host.DisposeAsync();

        // Had the watch held the server, it would have been cut off after the time that a stop may take.
        Assert.Equal("\"NOT_SERVING\"", await node.ReadLineAsync(Cancellation));
        Assert.Equal("\"OK\"", await node.ReadLineAsync(Cancellation));
    }

    [Fact]
    public async Task ModelInfer_ClientLeaves_EndsItsRun()
    {
        await using var host = await ServingHost.StartAsync(serving: options =>
        {
            options.Limits.MaxConcurrentRuns = 1;
            options.Limits.QueueLength = 0;
        });
        await host.ImportAsync(TestModels.Loop);
        using var node = NodeClient.Start(host, "leave");
        await WaitForAsync(async () => await host.CountAsync("last_inference") > 0);

        node.WriteLine("leave");

        Assert.Equal("\"CANCELLED\"", await node.ReadLineAsync(Cancellation));
        await WaitForAsync(async () =>
        {
            using var response = await host.Client.PostAsync("/v2/models/loop/infer", RestMessages.Loop(1), Cancellation);
            return response.IsSuccessStatusCode;
        });
        Assert.Equal(0, (await node.WaitAsync(Cancellation)).ExitCode);
    }

    private static async Task WaitForAsync(Func<Task<bool>> condition)
    {
        while (!await condition())
        {
            await Task.Yield();
        }
    }
}
