using EdgeAI.Inference;
using EdgeAI.Providers;
using EdgeAI.Remote.Balancing;
using EdgeAI.Remote.Configuration;
using EdgeAI.Remote.Discovery;
using EdgeAI.Remote.Protocol;
using EdgeAI.Remote.Resilience;
using EdgeAI.Remote.Tests.Balancing;
using EdgeAI.Remote.Tests.Hosting;
using EdgeAI.Testing.Catalogue;
using Microsoft.Extensions.Time.Testing;

namespace EdgeAI.Remote.Tests.Faults;

/// <summary>Servers that refuse this machine's key, or want to be left alone.</summary>
public sealed class RestTests : IDisposable
{
    private static readonly RemoteModelName Model = new("add", string.Empty);
    private static readonly InferRequest Request = new(Model, [], ["y"], RunPriority.Normal);

    private readonly FakeTimeProvider _time = new();
    private readonly LogWatch _log = new();
    private readonly FakeTransport _transport = new();
    private readonly RemoteClusterOptions _options = new() { Endpoints = { new Uri("http://node.test:8001") }, RequestTimeout = TimeSpan.FromHours(1) };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _log.Dispose();

    [Theory]
    [InlineData(401, null, "it refuses this machine's key or certificate (401: no)")]
    [InlineData(403, null, "it refuses this machine's key or certificate (403: no)")]
    [InlineData(429, 3600, "it wants to be left alone for a while (429: no)")]
    [InlineData(503, 3600, "it wants to be left alone for a while (503: no)")]
    public async Task RunAsync_ServerThatRefuses_IsAskedOnceAndRunsGoOnHere(int status, int? retryAfter, string reason)
    {
        await using var server = await FakeServer.StartAsync();
        await using var node = Node(server);
        await node.ImportAsync(TestModels.AddOne);
        await using var lease = await node.LoadAsync(TestModels.AddOne.Name, RemotePolicy.RemoteFirst);
        (await lease.RunAsync(TestModels.AddOne.CreateInputs(), Cancellation)).Dispose();
        server.OnRun = FakeServer.Refuse(status, retryAfter);

        for (var i = 0; i < 5; i++)
        {
            (await lease.RunAsync(TestModels.AddOne.CreateInputs(), Cancellation)).Dispose();
        }

        Assert.Equal(2, server.Runs);
        Assert.False(node.Status.IsUsable);
        Assert.Contains(reason, node.Status.Reason, StringComparison.Ordinal);
        Assert.Single(node.Faults);

        // Whoever wants it there and nowhere else is told the same, and the server is not asked for it.
        var only = new ModelRunOptions { RemotePolicy = RemotePolicy.RemoteOnly };
        var exception = await Assert.ThrowsAsync<RemoteUnavailableException>(async () => await lease.RunAsync(TestModels.AddOne.CreateInputs(), only, Cancellation));
        Assert.Contains($"{status}: no", exception.Message, StringComparison.Ordinal);
        Assert.Equal(2, server.Runs);
    }

    [Theory]
    [InlineData(401, null)]
    [InlineData(429, 3600)]
    public async Task RunAsync_OneOfTwoServersRefuses_TheOtherHasTheRuns(int status, int? retryAfter)
    {
        await using var server = await FakeServer.StartAsync();
        await using var refusing = await FakeServer.StartAsync();
        refusing.OnRun = FakeServer.Refuse(status, retryAfter);
        await using var node = Node(refusing, server);
        await using var lease = await node.LoadAsync("add-one", RemotePolicy.RemoteOnly);

        for (var i = 0; i < 10; i++)
        {
            (await lease.RunAsync(TestModels.AddOne.CreateInputs(), Cancellation)).Dispose();
        }

        Assert.Equal(10, server.Runs);
        Assert.InRange(refusing.Runs, 0, 1);
        Assert.True(node.Status.IsUsable, node.Status.Reason);
    }

    [Theory]
    [InlineData(RemoteFailure.Denied, null, 60)]
    [InlineData(RemoteFailure.Busy, 7, 7)]
    [InlineData(RemoteFailure.Busy, 86400, 600)]
    internal async Task InferAsync_AfterARefusal_IsTriedAgainWhenTheTimeIsOverAndNotBefore(RemoteFailure kind, int? retryAfter, int rests)
    {
        var asked = 0;
        _transport.OnInfer = _ => throw new RemoteCallException(kind, "no") { RetryAfter = retryAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : null };
        await using var pool = new EndpointPool("edge", _options, new EndpointFinder(_options, null), _ => _transport, _time, _log);
        var caller = new RemoteCaller(pool, _options, _time);
        await RefusedAsync();
        _transport.OnInfer = _ =>
        {
            asked++;
            return new(FakeTransport.Answer(1));
        };

        // Health checks succeed meanwhile: they need no key.
        Assert.False(pool.Endpoints[0].NoteWell());
        _time.Advance(TimeSpan.FromSeconds(rests) - TimeSpan.FromSeconds(5.5) is { Ticks: > 0 } most ? most : TimeSpan.Zero);
        Assert.NotNull(pool.Problem);
        Assert.Equal(0, asked);
        if (kind == RemoteFailure.Denied)
        {
            await RefusedAsync();
            Assert.Equal(0, asked);
        }

        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.Null(pool.Problem);
        Assert.Equal(["y"], (await caller.InferAsync(Request, new RemoteRun(Model, false, null), Cancellation)).ToOutputs(["y"]).Keys);
        Assert.Equal(1, asked);

        async Task RefusedAsync() =>
            Assert.Equal(kind, (await Assert.ThrowsAsync<RemoteCallException>(() => caller.InferAsync(Request, new RemoteRun(Model, false, null), Cancellation))).Kind);
    }

    private static EdgeNode Node(params FakeServer[] servers) => new(options =>
    {
        options.Transport = RemoteTransport.Rest;
        foreach (var server in servers)
        {
            options.Endpoints.Add(server.Address);
        }
    });
}
