using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using EdgeAI.AspNetCore.Tests.Hosting;
using EdgeAI.AspNetCore.Tests.Rest;
using EdgeAI.Monitoring;
using EdgeAI.OpenInference.Protocol;
using EdgeAI.Testing.Catalogue;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

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
    public async Task Infer_WaitsForAnother_IsSeenByRulesAndInItsTrace()
    {
        var waits = new ConcurrentQueue<Activity>();
        await using var host = await ServingHost.StartAsync(
            engine: options => options.Monitoring.Metrics.Add(new() { Name = "queue_depth", Threshold = "1", Action = "notify" }),
            serving: options => options.Limits.MaxConcurrentRuns = 1);
        await host.ImportAsync(TestModels.Loop);
        using var caller = new Activity("caller").Start();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "EdgeAI" or "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                if (activity.OperationName == "edgeai.queue" && activity.TraceId == caller.TraceId)
                {
                    waits.Enqueue(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        using var leaving = new CancellationTokenSource();
        var running = host.Client.PostAsync(Path, RestMessages.Endless(), leaving.Token);
        await WaitForRunAsync(host);
        var waiting = Enumerable.Range(0, 2).Select(_ => host.Client.PostAsync(Path, RestMessages.Loop(1), Cancellation)).ToArray();

        var monitor = host.Services.GetRequiredService<IEdgeMonitor>();
        do
        {
            await monitor.EvaluateAsync(Cancellation);
        }
        while (monitor.Rules[0].Reading != 2);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);

        foreach (var response in await Task.WhenAll(waiting))
        {
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            response.Dispose();
        }

        Assert.Equal(2, waits.Count);
        Assert.All(waits, wait => Assert.Equal("cpu:0", wait.GetTagItem("edgeai.device")));
        Assert.All(waits, wait => Assert.NotEqual(caller.SpanId, wait.ParentSpanId));
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

    [Fact]
    public async Task Statistics_OfABatchedModel_CountRunsByTheirSizes()
    {
        // A run begins when it is full, long before the delay is over.
        await using var host = await ServingHost.StartAsync(engine: options =>
            options.Models.Add(new EdgeAI.Configuration.ModelOptions { Name = "table-rows", Batching = new() { MaxBatchSize = 4, MaxDelay = TimeSpan.FromMinutes(1) } }));
        await host.ImportAsync(TestModels.TableRows, TestModels.Add);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => RowsAsync(host, 1)));
        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => RowsAsync(host, 1, 2)));
        await InferAsync(host, "table-rows", """{"parameters":{"timeout":60000000},"inputs":[{"name":"row","shape":[3],"datatype":"INT64","data":[1,2,3]}]}""");
        await InferAsync(host, "add", """{"inputs":[{"name":"a","shape":[2],"datatype":"FP32","data":[1,2]},{"name":"b","shape":[2],"datatype":"FP32","data":[1,2]}]}""");

        using var response = await host.Client.GetAsync("/v2/models/table-rows/stats", Cancellation);
        var rest = (await response.ReadJsonAsync())["model_stats"]![0]!;
        Assert.Equal((11, 3, 7), ((int)rest["inference_count"]!, (int)rest["execution_count"]!, (int)rest["inference_stats"]!["compute_infer"]!["count"]!));
        Assert.Equal([(3, 1), (4, 2)], rest["batch_stats"]!.AsArray().Select(batch => ((int)batch!["batch_size"]!, (int)batch["compute_infer"]!["count"]!)));
        Assert.True((long)rest["batch_stats"]![1]!["compute_input"]!["ns"]! > 0);

        var client = new GRPCInferenceService.GRPCInferenceServiceClient(host.Channel);
        var grpc = (await client.ModelStatisticsAsync(new ModelStatisticsRequest { Name = "table-rows" }, cancellationToken: Cancellation)).ModelStats[0];
        Assert.Equal((11UL, 3UL), (grpc.InferenceCount, grpc.ExecutionCount));
        Assert.Equal([(3UL, 1UL), (4UL, 2UL)], grpc.BatchStats.Select(batch => (batch.BatchSize, batch.ComputeInfer.Count)));
        Assert.All(grpc.BatchStats, batch => Assert.True(batch.ComputeInfer.Ns > 0));
        var plain = (await client.ModelStatisticsAsync(new ModelStatisticsRequest { Name = "add" }, cancellationToken: Cancellation)).ModelStats[0];
        Assert.Equal((1UL, 1UL, 1UL), (plain.InferenceCount, plain.ExecutionCount, plain.BatchStats.Single().BatchSize));
    }

    private static Task<string> RowsAsync(ServingHost host, params int[] rows) => InferAsync(
        host, "table-rows", $$"""{"inputs":[{"name":"row","shape":[{{rows.Length}}],"datatype":"INT64","data":[{{string.Join(',', rows)}}]}]}""");

    private static async Task<string> InferAsync(ServingHost host, string model, string request)
    {
        using var response = await host.Client.PostAsync($"/v2/models/{model}/infer", RestMessages.Json(request), Cancellation);
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
