using System.Net;
using EdgeAI.Remote.Balancing;
using EdgeAI.Remote.Configuration;
using EdgeAI.Remote.Discovery;
using EdgeAI.Remote.Protocol;
using EdgeAI.Remote.Resilience;
using EdgeAI.Remote.Tests.Hosting;
using EdgeAI.Remote.Transports;

namespace EdgeAI.Remote.Tests.Balancing;

public sealed class EndpointPoolTests : IDisposable
{
    private static readonly RemoteModelName Model = new("add", string.Empty);
    private static readonly InferRequest Request = new(Model, [], ["y"], Inference.RunPriority.Normal);

    private readonly LogWatch _log = new();
    private readonly Dictionary<EndpointAddress, FakeTransport> _transports = [];
    private readonly RemoteClusterOptions _options = new()
    {
        HealthInterval = TimeSpan.FromMilliseconds(50),
        HealthTimeout = TimeSpan.FromMilliseconds(100),
        RefreshInterval = TimeSpan.FromMilliseconds(20),
        Dns = new Uri("http://cluster.test:8001"),
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task Dns_HostWhoseAddressesChange_HasAnEndpointForEachAndEndsTheOld()
    {
        IPAddress[] addresses = [IPAddress.Parse("10.0.0.1"), IPAddress.Parse("10.0.0.2")];
        var asked = 0;
        await using var pool = Pool((host, _) =>
        {
            Assert.Equal("cluster.test", host);
            Interlocked.Increment(ref asked);
            return Task.FromResult(Volatile.Read(ref addresses));
        });
        await pool.WaitAsync(Cancellation);
        var before = pool.Endpoints;
        Assert.Equal(["http://cluster.test:8001 at 10.0.0.1", "http://cluster.test:8001 at 10.0.0.2"], before.Select(endpoint => endpoint.ToString()));

        Volatile.Write(ref addresses, [IPAddress.Parse("10.0.0.2"), IPAddress.Parse("10.0.0.3")]);
        await UntilAsync(() => pool.Endpoints != before && pool.Endpoints[1].Address.Host!.ToString() == "10.0.0.3");

        Assert.Same(before[1], pool.Endpoints[0]);
        await UntilAsync(() => _transports[before[0].Address].IsDisposed);

        // A name service that fails, or knows nobody, takes nothing away.
        Volatile.Write(ref addresses, []);
        var now = Volatile.Read(ref asked);
        await UntilAsync(() => Volatile.Read(ref asked) > now + 2);
        Assert.Equal(2, pool.Endpoints.Count);
    }

    [Fact]
    public async Task Health_EndpointThatNoLongerAnswers_IsLeftAndItsRunsGoElsewhere()
    {
        await using var pool = Pool((_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("10.0.0.1"), IPAddress.Parse("10.0.0.2")]));
        await pool.WaitAsync(Cancellation);
        var caller = new RemoteCaller(pool, _options, TimeProvider.System);
        var (silent, other) = (_transports[pool.Endpoints[0].Address], _transports[pool.Endpoints[1].Address]);
        silent.OnInfer = NeverAsync<InferReply>;
        other.OnInfer = _ => new(FakeTransport.Answer(2));

        // Two at once: one of them goes where no answer will come.
        Task<InferReply>[] running = [.. Enumerable.Range(0, 8).Select(_ => caller.InferAsync(Request, new RemoteRun(Model, false, null), Cancellation))];
        await UntilAsync(() => pool.Endpoints[0].Outstanding > 0 || running.All(run => run.IsCompleted));
        silent.OnReady = NeverAsync<bool>;

        Assert.All(await Task.WhenAll(running), reply => Assert.Equal(["y"], reply.ToOutputs(["y"]).Keys));
        await UntilAsync(() => pool.Endpoints[0].Problem is not null);
        Assert.Null(pool.Problem);

        silent.OnReady = _ => new(true);
        await UntilAsync(() => pool.Endpoints[0].Problem is null);
    }

    [Fact]
    public async Task Problem_EveryEndpointDown_NamesEachWithItsReason()
    {
        await using var pool = Pool((_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("10.0.0.1"), IPAddress.Parse("10.0.0.2")]));
        await pool.WaitAsync(Cancellation);
        foreach (var transport in _transports.Values)
        {
            transport.OnReady = _ => throw new RemoteCallException(RemoteFailure.Unreachable, "no route to host");
        }

        await UntilAsync(() => pool.Problem is not null);

        Assert.Equal(
            "None of its 2 endpoint(s) can be used: http://cluster.test:8001 at 10.0.0.1: no route to host; http://cluster.test:8001 at 10.0.0.2: no route to host.",
            pool.Problem);
    }

    private static async ValueTask<T> NeverAsync<T>(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        throw new InvalidOperationException();
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        while (!isSo())
        {
            Cancellation.ThrowIfCancellationRequested();
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancellation);
        }
    }

    private EndpointPool Pool(Func<string, CancellationToken, Task<IPAddress[]>> resolve) =>
        new("edge", _options, new EndpointFinder(_options, null) { Resolve = resolve }, Connect, TimeProvider.System, _log);

    private IInferenceTransport Connect(EndpointAddress address)
    {
        lock (_transports)
        {
            return _transports[address] = new FakeTransport();
        }
    }
}
