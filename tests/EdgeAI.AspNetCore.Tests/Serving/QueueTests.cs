using System.Net;
using EdgeAI.AspNetCore.Tests.Hosting;
using EdgeAI.AspNetCore.Tests.Rest;
using EdgeAI.OpenInference.Protocol;
using EdgeAI.Testing.Catalogue;
using Grpc.Core;

namespace EdgeAI.AspNetCore.Tests.Serving;

public sealed class QueueTests
{
    private const string Path = "/v2/models/loop/infer";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Infer_BehindAFullQueue_Is429AndServedWhenThereIsRoomAgain()
    {
        await using var host = await StartAsync(queueLength: 0);
        using var leaving = new CancellationTokenSource();
        var running = host.Client.PostAsync(Path, RestMessages.Endless(), leaving.Token);
        await WaitForRunAsync(host);

        using var refused = await host.Client.PostAsync(Path, RestMessages.Loop(1), Cancellation);
        var call = new GRPCInferenceService.GRPCInferenceServiceClient(host.Channel).ModelInferAsync(GrpcLoop(), cancellationToken: Cancellation);
        var exhausted = await Assert.ThrowsAsync<RpcException>(async () => await call);

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.NotEmpty(await refused.ReadErrorAsync());
        Assert.Equal(StatusCode.ResourceExhausted, exhausted.StatusCode);

        // The client that goes away ends its run, which gives the place back.
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(HttpStatusCode.OK, await PostUntilServedAsync(host));
    }

    [Fact]
    public async Task Infer_EngineWithAQueueOfItsOwn_Is429BehindIt()
    {
        await using var host = await ServingHost.StartAsync(engine: options =>
            options.Inference.Devices["cpu:0"] = new EdgeAI.Configuration.DeviceOptions { MaxConcurrentRuns = 1, QueueLength = 0 });
        await host.ImportAsync(TestModels.Loop);
        using var leaving = new CancellationTokenSource();
        var running = host.Client.PostAsync(Path, RestMessages.Endless(), leaving.Token);

        // It is in the engine's queue some moments after it was asked for.
        while (await PostAsync(host) != HttpStatusCode.TooManyRequests)
        {
            // It may itself have met one of these in the only place.
            running = running.IsCompleted ? host.Client.PostAsync(Path, RestMessages.Endless(), leaving.Token) : running;
        }

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(HttpStatusCode.OK, await PostUntilServedAsync(host));
    }

    [Fact]
    public async Task Infer_WaitsLongerThanItsTimeout_Is504()
    {
        await using var host = await StartAsync(queueLength: 10);
        using var leaving = new CancellationTokenSource();
        var running = host.Client.PostAsync(Path, RestMessages.Endless(), leaving.Token);
        await WaitForRunAsync(host);

        using var late = await host.Client.PostAsync(Path, RestMessages.Loop(1, timeoutMicroseconds: 1000), Cancellation);

        Assert.Equal(HttpStatusCode.GatewayTimeout, late.StatusCode);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task Infer_ManyClientsOfABatchedModel_EachGetsItsOwnRows()
    {
        await using var host = await ServingHost.StartAsync(engine: options =>
            options.Models.Add(new EdgeAI.Configuration.ModelOptions { Name = "table-rows", Batching = new() { MaxBatchSize = 16 } }));
        await host.ImportAsync(TestModels.TableRows);
        var rows = await RowsAsync(host, 0);

        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(async i => (Row: i % 4, Answer: await RowsAsync(host, i % 4))));

        Assert.All(answers.Where(answer => answer.Row == 0), answer => Assert.Equal(rows, answer.Answer));
        Assert.Equal(4, answers.Select(answer => answer.Answer).Distinct().Count());
        using var stats = await host.Client.GetAsync("/v2/models/table-rows/stats", Cancellation);
        Assert.Equal(65, (int)(await stats.ReadJsonAsync())["model_stats"]![0]!["inference_count"]!);
    }

    private static async Task<string> RowsAsync(ServingHost host, int row)
    {
        using var response = await host.Client.PostAsync(
            "/v2/models/table-rows/infer", RestMessages.Json($$"""{"inputs":[{"name":"row","shape":[1],"datatype":"INT64","data":[{{row}}]}]}"""), Cancellation);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await response.ReadJsonAsync())["outputs"]!.ToJsonString();
    }

    private static async Task<ServingHost> StartAsync(int queueLength)
    {
        var host = await ServingHost.StartAsync(serving: options =>
        {
            options.Limits.MaxConcurrentRuns = 1;
            options.Limits.QueueLength = queueLength;
        });
        await host.ImportAsync(TestModels.Loop);
        return host;
    }

    // Statistics say when a run has begun.
    private static async Task WaitForRunAsync(ServingHost host)
    {
        while (await host.CountAsync("last_inference") == 0)
        {
            // Not yet.
        }
    }

    private static async Task<HttpStatusCode> PostAsync(ServingHost host)
    {
        using var response = await host.Client.PostAsync(Path, RestMessages.Loop(1), Cancellation);
        return response.StatusCode;
    }

    private static async Task<HttpStatusCode> PostUntilServedAsync(ServingHost host)
    {
        while (true)
        {
            using var response = await host.Client.PostAsync(Path, RestMessages.Loop(1), Cancellation);
            if (response.StatusCode != HttpStatusCode.TooManyRequests)
            {
                return response.StatusCode;
            }
        }
    }

    private static ModelInferRequest GrpcLoop()
    {
        var request = new ModelInferRequest { ModelName = "loop" };
        request.Inputs.Add(new ModelInferRequest.Types.InferInputTensor { Name = "trips", Datatype = "INT64", Contents = new InferTensorContents { Int64Contents = { 1 } } });
        request.Inputs.Add(new ModelInferRequest.Types.InferInputTensor { Name = "x", Datatype = "FP32", Shape = { 1, 64 }, Contents = new InferTensorContents { Fp32Contents = { new float[64] } } });
        return request;
    }
}
