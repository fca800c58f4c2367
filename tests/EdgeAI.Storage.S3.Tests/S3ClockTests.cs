using System.Reflection;
using Amazon;
using EdgeAI.Models;
using EdgeAI.Storage.S3.Tests.Servers;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using Microsoft.Extensions.Time.Testing;

namespace EdgeAI.Storage.S3.Tests;

/// <summary>A machine whose clock is wrong, or is set while it works, with a real cluster that takes no request from another time.</summary>
[Collection(nameof(CephCluster))]
public sealed class S3ClockTests(CephCluster ceph) : IAsyncLifetime
{
    // The SDK signs by a clock of its own, which nobody else can set.
    private static readonly FieldInfo SigningClock = typeof(AWSConfigs).GetField("utcNowSource", BindingFlags.Static | BindingFlags.NonPublic)!;

    private readonly TemporaryDirectory _folder = new();
    private readonly string _prefix = $"{CephCluster.OpenPrefix}clock-{Guid.NewGuid():n}/";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await ceph.StartAsync();

    public ValueTask DisposeAsync()
    {
        SetClock(TimeSpan.Zero);
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task AnyCall_ClockIsSetToAndFro_IsSignedByTheClustersClock()
    {
        var log = new CollectingLogger();
        var options = ceph.Options(_prefix);
        options.MaxRetries = 0;
        using var tier = new S3Tier("primary", options, logger: log);
        byte value = 0;
        foreach (var hours in (int[])[0, 5, -5, 24 * 400, 0])
        {
            SetClock(TimeSpan.FromHours(hours));
            Assert.True(await tier.CompareAndSwapAsync("name", value == 0 ? default(ReadOnlyMemory<byte>?) : new[] { value }, new[] { ++value }, Cancellation));
            SetClock(TimeSpan.FromHours(hours + 1));
            Assert.Equal(1, await tier.GetLengthAsync("name", Cancellation));
            SetClock(TimeSpan.FromHours(hours - 1));
            var read = new byte[2];
            Assert.Equal((1, value), (await tier.ReadAsync("name", 0, read, Cancellation), read[0]));
        }

        // No gateway was left for that.
        Assert.Empty(log.Lines);
    }

    [Theory]
    [InlineData(-3)]
    [InlineData(3)]
    public async Task ImportAndPull_ClockIsWrong_GoThroughTheClusterAndTheEdge(int hours)
    {
        var log = new CollectingLogger();
        using var edge = await NginxEdge.StartAsync(ceph);
        SetClock(TimeSpan.FromHours(hours));
        var time = new OffsetTime { Offset = TimeSpan.FromHours(hours) };
        await using (var origin = Open("origin", edge, time, log))
        {
            using var source = new TemporaryDirectory();
            await origin.ImportAsync("m:1", ModelSource.FromFile(TestModels.MatMul.Save(source)), null, Cancellation);
            await origin.FlushAsync(Cancellation);
            Assert.Empty((await origin.GetBacklogAsync(Cancellation)).Entries);
        }

        await using var node = Open("node", edge, time, log);
        time.Offset = TimeSpan.FromDays(-4000);
        await node.PullAsync("m:1", cancellationToken: Cancellation);

        await using var stream = await node.OpenAsync("m:1", null, Cancellation);
        using var read = new MemoryStream();
        await stream.CopyToAsync(read, Cancellation);
        Assert.Equal(TestModels.MatMul.Content, read.ToArray());
        Assert.True(log.Lines.IsEmpty, string.Join('\n', log.Lines));
    }

    // An address that has failed is left alone for a second, not until a clock that was set back has come there again.
    [Theory]
    [InlineData(-100)]
    [InlineData(100)]
    public async Task AnyCall_ClockIsSetWhileAGatewayRests_ItComesBackAfterItsPause(int hours)
    {
        await using var proxy = new FaultProxy(ceph.Endpoints[0], 1) { PageStatus = 503, Choose = (_, _) => ProxyFault.Page };
        var options = ceph.Options(_prefix);
        options.Endpoints.Clear();
        options.Endpoints.Add(proxy.Address);
        options.Endpoints.Add(ceph.Endpoints[1]);
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var time = new OffsetTime(clock);
        using var tier = new S3Tier("primary", options, time);
        Assert.Null(await tier.GetLengthAsync("none", Cancellation));
        Assert.Equal(1, proxy.Requests);

        proxy.Choose = (_, _) => ProxyFault.None;
        time.Offset = TimeSpan.FromHours(hours);
        Assert.Null(await tier.GetLengthAsync("none", Cancellation));
        Assert.Equal(1, proxy.Requests);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await tier.GetLengthAsync("none", Cancellation));
        Assert.Equal(2, proxy.Requests);
    }

    private static void SetClock(TimeSpan offset) => SigningClock.SetValue(null, () => (TimeProvider.System.GetUtcNow() + offset).UtcDateTime);

    private ModelStore Open(string node, NginxEdge edge, TimeProvider time, CollectingLogger log)
    {
        var options = ceph.Options(_prefix);
        options.ReadEndpoint = edge.AddressOf("models");
        options.PresignReads = true;

        // A machine under load is slow too.
        options.ReadEndpointTimeout = TimeSpan.FromSeconds(30);
        return ModelStore.Open(_folder.Combine(node), null, time, clusters: [new StorageCluster("primary", new S3Tier("primary", options, time, log))]);
    }
}
