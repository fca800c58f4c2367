using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Sockets;
using EdgeAI.Storage.S3.Tests.Servers;
using Microsoft.Extensions.Time.Testing;

namespace EdgeAI.Storage.S3.Tests;

/// <summary>Reads through a real caching edge in front of a real cluster.</summary>
[Collection(nameof(CephCluster))]
public sealed class S3ReadEndpointTests(CephCluster ceph) : IAsyncLifetime
{
    private const int PartLength = 5 << 20;

    private static readonly byte[] Content = MakeContent();

    private readonly string _prefix = $"{CephCluster.OpenPrefix}{Guid.NewGuid():n}/";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await ceph.StartAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task ReadAsync_AgainAndBothGatewaysDead_ComesFromTheEdge()
    {
        var log = new CollectingLogger();
        using var edge = await NginxEdge.StartAsync(ceph);
        using var open = MakeTier(edge.AddressOf("models"), log);
        using var signed = MakeTier(edge.AddressOf("models"), log, presigned: true, prefix: $"signed-{Guid.NewGuid():n}/");
        await PutAsync(open, "packs/a b.pack", Content);
        await PutAsync(signed, "packs/a b.pack", Content);
        Assert.Equal(Content, await ReadAsync(open, "packs/a b.pack", Content.Length));
        Assert.Equal(Content, await ReadAsync(signed, "packs/a b.pack", Content.Length));
        ceph.Kill("rgw.0");
        ceph.Kill("rgw.1");

        foreach (var tier in (S3Tier[])[open, signed])
        {
            Assert.Equal(Content, await ReadAsync(tier, "packs/a b.pack", Content.Length));
            Assert.Equal(Content[100..110], await ReadAsync(tier, "packs/a b.pack", 10, 100));
            Assert.Equal(Content[^10..], await ReadAsync(tier, "packs/a b.pack", 20, Content.Length - 10));
        }

        var seen = await edge.ReadLogAsync("packs/a b.pack");
        Assert.Contains(seen, line => line.StartsWith("MISS", StringComparison.Ordinal));
        Assert.Contains(seen, line => line.StartsWith("HIT", StringComparison.Ordinal));
        Assert.Empty(log.Lines);
    }

    [Fact]
    public async Task ReadAsync_NamesAndSignatures_AreNeverReadThroughIt()
    {
        var log = new CollectingLogger();
        using var edge = await NginxEdge.StartAsync(ceph);
        using var tier = MakeTier(edge.AddressOf("models"), log);
        foreach (var key in (string[])["names/a", "signatures/a.json", "manifests/a.json"])
        {
            await PutAsync(tier, key, [1]);
            Assert.Equal([1], await ReadAsync(tier, key, 10));
        }

        Assert.True(await tier.CompareAndSwapAsync("names/a", new byte[] { 1 }, new byte[] { 2 }, Cancellation));
        Assert.Equal([2], await ReadAsync(tier, "names/a", 10));
        Assert.Equal(["MISS"], (await edge.ReadLogAsync("manifests/a.json")).Select(line => line.Split(' ')[0]));
        Assert.Empty(log.Lines);
    }

    [Theory]
    [InlineData("failing", true)]
    [InlineData("empty", true)]
    [InlineData("moved", true)]
    [InlineData("other", false)]
    public async Task ReadAsync_TheEdgeAnswersOtherwise_ComesFromTheGatewaysAndTheEdgeRests(string place, bool startsAtOnce)
    {
        var log = new CollectingLogger();
        using var edge = await NginxEdge.StartAsync(ceph);
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        using var tier = MakeTier(edge.AddressOf(place), log, clock: clock);
        await PutAsync(tier, "packs/a.pack", Content);

        // A page that comes for everything is taken for no part of an object, wherever that begins.
        var offset = startsAtOnce ? 0 : 1;
        Assert.Equal(Content[offset..(offset + 10)], await ReadAsync(tier, "packs/a.pack", 10, offset));
        Assert.Equal(Content[offset..(offset + 10)], await ReadAsync(tier, "packs/a.pack", 10, offset));

        Assert.Contains(edge.AddressOf(place).AbsoluteUri, Assert.Single(log.Lines), StringComparison.Ordinal);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Content[offset..(offset + 10)], await ReadAsync(tier, "packs/a.pack", 10, offset));
        Assert.Equal(2, log.Lines.Count);
    }

    [Fact]
    public async Task ReadAsync_WhatIsNowhere_IsAbsentAndTheEdgeStaysWell()
    {
        var log = new CollectingLogger();
        using var edge = await NginxEdge.StartAsync(ceph);
        using var tier = MakeTier(edge.AddressOf("models"), log);
        await PutAsync(tier, "packs/a.pack", [1, 2]);

        Assert.Equal(-1, await tier.ReadAsync("packs/none.pack", 0, new byte[10], Cancellation));
        Assert.Empty(await ReadAsync(tier, "packs/a.pack", 10, offset: 2));
        Assert.Equal([1, 2], await ReadAsync(tier, "packs/a.pack", 10));

        Assert.True(log.Lines.IsEmpty, string.Join('\n', log.Lines));
        Assert.Contains(await edge.ReadLogAsync("packs/a.pack"), line => line.EndsWith("a.pack", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ReadAsync_TheEdgeDies_ComesFromTheGatewaysWithoutAFailedCall()
    {
        var log = new CollectingLogger();
        using var edge = await NginxEdge.StartAsync(ceph);
        using var tier = MakeTier(edge.AddressOf("models"), log, presigned: true);
        await PutAsync(tier, "packs/a.pack", Content);
        Assert.Equal(Content[..10], await ReadAsync(tier, "packs/a.pack", 10));
        edge.Kill();

        Assert.Equal(Content, await ReadAsync(tier, "packs/a.pack", Content.Length));
        Assert.Equal(Content, await ReadAsync(tier, "packs/a.pack", Content.Length));
        Assert.NotEmpty(log.Lines);
        Assert.DoesNotContain(log.Lines, line => line.Contains("X-Amz", StringComparison.OrdinalIgnoreCase) || line.Contains("testaccess", StringComparison.Ordinal) || line.Contains("Signature", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task ReadAsync_TheEdgeIsSilent_ComesFromTheGateways()
    {
        var log = new CollectingLogger();
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var tier = MakeTier(new Uri($"http://{silent.LocalEndpoint}/models"), log, timeout: TimeSpan.FromMilliseconds(100));
        await PutAsync(tier, "packs/a.pack", Content);

        Assert.Equal(Content[..10], await ReadAsync(tier, "packs/a.pack", 10));
        Assert.Contains("too long", Assert.Single(log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_TheBucketIsNotOpen_ComesFromTheGateways()
    {
        var log = new CollectingLogger();
        using var edge = await NginxEdge.StartAsync(ceph);
        using var tier = MakeTier(edge.AddressOf("models"), log, prefix: $"closed-{Guid.NewGuid():n}/");
        await PutAsync(tier, "packs/a.pack", Content);

        Assert.Equal(Content[..10], await ReadAsync(tier, "packs/a.pack", 10));
        Assert.Contains("403", Assert.Single(log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_IsCancelled_CarriesTheCallersToken()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var tier = MakeTier(new Uri($"http://{silent.LocalEndpoint}/models"), timeout: TimeSpan.FromMinutes(1));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var read = tier.ReadAsync("packs/a.pack", 0, new byte[10], stop.Token).AsTask();
        using (await silent.AcceptSocketAsync(Cancellation))
        {
            await stop.CancelAsync();
            Assert.Equal(stop.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read)).CancellationToken);
        }
    }

    [Fact]
    public void Constructor_ReadEndpointThatCanNotBe_IsRefusedWithoutItsSecret()
    {
        foreach (var address in (string[])["http://user:hidden@localhost", "https://localhost/?token=hidden", "ftp://localhost"])
        {
            var options = new S3ClusterOptions { Bucket = "a", ReadEndpoint = new Uri(address) };
            Assert.DoesNotContain("hidden", Assert.Throws<ValidationException>(() => new S3Tier("primary", options)).Message, StringComparison.Ordinal);
        }

        Assert.Throws<ValidationException>(() => new S3Tier("primary", new S3ClusterOptions { Bucket = "a", PresignReads = true }));
        Assert.Throws<ValidationException>(() => new S3Tier("primary", new S3ClusterOptions { Bucket = "a", ReadEndpointTimeout = TimeSpan.Zero }));
    }

    private S3Tier MakeTier(Uri readEndpoint, CollectingLogger? log = null, bool presigned = false, TimeSpan? timeout = null, string? prefix = null, TimeProvider? clock = null)
    {
        var options = ceph.Options(prefix ?? _prefix);
        options.ReadEndpoint = readEndpoint;
        options.PresignReads = presigned;
        options.PartLength = PartLength;

        // A machine under load is slow too; what must be slow says so.
        options.ReadEndpointTimeout = timeout ?? TimeSpan.FromSeconds(30);
        return new S3Tier("primary", options, clock, log);
    }

    private static async Task PutAsync(S3Tier tier, string key, byte[] content)
    {
        using var stream = new MemoryStream(content);
        Assert.True(await tier.PutAsync(key, stream, Cancellation));
    }

    private static async Task<byte[]> ReadAsync(S3Tier tier, string key, int length, int offset = 0)
    {
        var content = new byte[length];
        return content[..await tier.ReadAsync(key, offset, content, Cancellation)];
    }

    private static byte[] MakeContent()
    {
        var content = new byte[(2 * PartLength) + 1234];
        new Random(7).NextBytes(content);
        return content;
    }
}
