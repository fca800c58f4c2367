using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Storage.S3.Tests.Servers;
using EdgeAI.Telemetry;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EdgeAI.Storage.S3.Tests;

/// <summary>One trace from a request over HTTP down to a real cluster and the run.</summary>
[Collection(nameof(CephCluster))]
public sealed class S3TraceTests(CephCluster ceph) : IAsyncLifetime
{
    private const string Server = "Microsoft.AspNetCore.Hosting.HttpRequestIn";
    private const string Client = "System.Net.Http.HttpRequestOut";
    private const string Request = """{"inputs":[{"name":"x","shape":[2],"datatype":"FP32","data":[1,2]}]}""";

    private static readonly string[] Sources = [EdgeAITelemetry.ActivitySourceName, "Microsoft.AspNetCore", "System.Net.Http"];

    private readonly TemporaryDirectory _folder = new();
    private readonly string _prefix = $"trace-{Guid.NewGuid():n}/";
    private readonly ConcurrentQueue<Activity> _stopped = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await ceph.StartAsync();

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Infer_ModelThatOnlyTheClusterHas_IsOneTraceFromTheRequestToTheRun()
    {
        await PublishAsync();
        using var listener = Listen();
        await using var app = await StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        // Another run has the device until the request waits for it.
        var engine = app.Services.GetRequiredService<IInferenceEngine>();
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        await using var holder = await engine.LoadAsync("loop", Cancellation);
        var held = holder.RunAsync(TestModels.LoopInputs(long.MaxValue), leaving.Token).AsTask();
        var trace = ActivityTraceId.CreateRandom();
        using var message = new HttpRequestMessage(HttpMethod.Post, "/v2/models/add-one/infer")
        {
            Content = new StringContent(Request, Encoding.UTF8, "application/json"),
            Headers = { { "traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01" } },
        };
        var answer = client.SendAsync(message, Cancellation);
        while (engine is not IEngineControl { WaitingRuns: 1 })
        {
            Assert.False(answer.IsCompleted, "The request was answered while another run had the device.");
            await Task.Yield();
        }

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => held);
        using var response = await answer;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await app.StopAsync(Cancellation);

        var chains = Chains(trace);
        Assert.Contains($"{Server}/edgeai.pull/edgeai.cluster.request/edgeai.s3.request/{Client}", chains);
        Assert.Contains($"{Server}/edgeai.load/edgeai.materialize", chains);
        Assert.Contains($"{Server}/edgeai.run/edgeai.queue", chains);
        Assert.All(chains, chain => Assert.StartsWith(Server, chain, StringComparison.Ordinal));
    }

    private ActivityListener Listen()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => Sources.Contains(source.Name),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _stopped.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private HashSet<string> Chains(ActivityTraceId trace)
    {
        var all = _stopped.Where(activity => activity.TraceId == trace).ToDictionary(activity => activity.SpanId);
        return [.. all.Values.Select(Chain)];

        string Chain(Activity activity) => all.TryGetValue(activity.ParentSpanId, out var parent) ? $"{Chain(parent)}/{activity.OperationName}" : activity.OperationName;
    }

    private async Task PublishAsync()
    {
        await using var origin = EdgeRuntime.Create(options => options.DataDirectory = _folder.Combine("origin"), builder => builder.AddStorage(storage => storage.AddS3Cluster("primary", Set)));
        foreach (var model in (TestModel[])[TestModels.Loop, TestModels.AddOne])
        {
            await origin.Store.ImportAsync(model.Name, ModelSource.FromMemory(model.Content, model.FileName), null, Cancellation);
        }

        await origin.Store.FlushAsync(Cancellation);
    }

    private async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddEdgeAI(options =>
        {
            options.DataDirectory = _folder.Combine("node");
            options.Inference.Devices["cpu:0"] = new DeviceOptions { MaxConcurrentRuns = 1 };
        }).AddStorage(storage => storage.AddS3Cluster("primary", Set)).AddServing();
        var app = builder.Build();
        app.MapEdgeAI();
        await app.StartAsync(Cancellation);
        return app;
    }

    private void Set(S3ClusterOptions options)
    {
        var cluster = ceph.Options(_prefix);
        (options.Bucket, options.Region, options.AccessKey, options.SecretKey, options.Prefix) = (cluster.Bucket, cluster.Region, cluster.AccessKey, cluster.SecretKey, cluster.Prefix);
        options.Endpoints.Add(cluster.Endpoints[0]);
    }
}
