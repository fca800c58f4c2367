using EdgeAI.Storage.S3.Tests.Servers;
using EdgeAI.Testing;

namespace EdgeAI.Storage.S3.Tests;

/// <summary>Something between a tier and its cluster that damages requests and answers, or answers itself.</summary>
[Collection(nameof(CephCluster))]
public sealed class S3DamageTests(CephCluster ceph) : IAsyncLifetime
{
    private const int PartLength = 5 << 20;

    private static readonly byte[] Small = MakeContent(3000);
    private static readonly byte[] Large = MakeContent(PartLength + 1000);

    private readonly string _prefix = $"damage-{Guid.NewGuid():n}/";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<ProxyFault> Faults => [.. Enum.GetValues<ProxyFault>().Where(fault => fault != ProxyFault.None)];

    public async ValueTask InitializeAsync() => await ceph.StartAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // Every second request is damaged: each call gets through, and what it says is true of the cluster. What a read gives is looked at by whoever knows its digest.
    [Theory]
    [MemberData(nameof(Faults))]
    public async Task AnyCall_EverySecondRequestDamaged_TellsTheTruth(ProxyFault fault)
    {
        await using var proxy = new FaultProxy(ceph.Endpoints[0], (int)fault);
        using var direct = new S3Tier("direct", ceph.Options(_prefix));

        // What stands still, or says that more comes than does, costs time.
        using var tier = fault is ProxyFault.Stall or ProxyFault.FlipHead ? MakeTier(proxy, timeout: 2) : MakeTier(proxy);
        var rounds = NightlyRun.Count(1, 4);
        for (var i = 0; i < rounds; i++)
        {
            proxy.Choose = Alternate((int)fault + i, fault, fault == ProxyFault.Stall ? 5 : 2);
            await CallAsync(tier, direct, $"{i}/", fault);
        }

        proxy.Choose = (_, _) => ProxyFault.None;
        Assert.True(await PutAsync(tier, "well", Small));
        Assert.Equal(Small, await ReadAsync(tier, "well", 0, Small.Length));
    }

    // One that only says what it was not asked: no status makes a page an answer.
    [Theory]
    [InlineData(200)]
    [InlineData(206)]
    [InlineData(404)]
    [InlineData(409)]
    [InlineData(412)]
    [InlineData(416)]
    public async Task AnyCall_APageForEverything_IsNeitherStoredNorThereNorAbsent(int status)
    {
        await using var proxy = new FaultProxy(ceph.Endpoints[0], status) { PageStatus = status };
        using var tier = MakeTier(proxy, retries: 0);
        Assert.True(await PutAsync(tier, "there", Small));
        proxy.Choose = (_, _) => ProxyFault.Page;

        await Assert.ThrowsAsync<S3ClusterException>(() => PutAsync(tier, "new", Small));
        await Assert.ThrowsAsync<S3ClusterException>(() => PutAsync(tier, "new-large", Large));
        await Assert.ThrowsAsync<S3ClusterException>(async () => await tier.ReadAsync("there", 0, new byte[10], Cancellation));
        await Assert.ThrowsAsync<S3ClusterException>(async () => await tier.CompareAndSwapAsync("there", Small, Small, Cancellation));
        await Assert.ThrowsAsync<S3ClusterException>(async () => await ListAsync(tier, string.Empty));
        await Assert.ThrowsAsync<S3ClusterException>(async () => await tier.GetLengthAsync("there", Cancellation));

        proxy.Choose = (_, _) => ProxyFault.None;
        Assert.Equal(["there"], await ListAsync(tier, string.Empty));
    }

    // The payload of each request is signed.
    [Fact]
    public async Task PutAsync_BytesDamagedOnTheWay_AreRefusedByTheClusterAndSentAgain()
    {
        await using var proxy = new FaultProxy(ceph.Endpoints[0], 1);
        using var direct = new S3Tier("direct", ceph.Options(_prefix));
        using var hasty = MakeTier(proxy, retries: 0);
        using var tier = MakeTier(proxy);
        proxy.Choose = (method, _) => method is "PUT" ? ProxyFault.FlipRequest : ProxyFault.None;
        for (var i = 0; i < NightlyRun.Count(3, 10); i++)
        {
            await Assert.ThrowsAsync<S3ClusterException>(() => PutAsync(hasty, $"small-{i}", Small));
        }

        await Assert.ThrowsAsync<S3ClusterException>(() => PutAsync(hasty, "large", Large));
        Assert.Empty(await ListAsync(direct, string.Empty));
        proxy.Choose = Alternate(1, ProxyFault.FlipRequest, 2);
        Assert.True(await PutAsync(tier, "large", Large));
        Assert.Equal(Large, await ReadAsync(direct, "large", 0, Large.Length));
    }

    private static async Task CallAsync(S3Tier tier, S3Tier direct, string folder, ProxyFault fault)
    {
        var stored = await TryAsync(async () => (bool?)await PutAsync(tier, folder + "small", Small), fault);
        await RequireAsync(direct, folder + "small", stored, Small);
        stored = await TryAsync(async () => (bool?)await PutAsync(tier, folder + "large", Large), fault);
        await RequireAsync(direct, folder + "large", stored, Large);
        await PutAsync(direct, folder + "small", Small);
        await PutAsync(direct, folder + "large", Large);

        // A part of the right range, at the right place, or its flipped bits; never another range.
        var read = await TryAsync(() => ReadAsync(tier, folder + "large", 1000, 2000), fault);
        Assert.True(read is null || (read.Length == 2000 && (fault is ProxyFault.FlipBody or ProxyFault.FlipHead || Large.AsSpan(1000, 2000).SequenceEqual(read))));
        var length = await TryAsync(async () => await tier.GetLengthAsync(folder + "large", Cancellation), fault);
        Assert.True(fault is ProxyFault.Page or ProxyFault.FlipHead || length is null || length == Large.Length);
        var listed = await TryAsync(() => ListAsync(tier, folder), fault);
        Assert.True(listed is null || fault is ProxyFault.FlipBody || listed.SequenceEqual([folder + "large", folder + "small"]));
        await SwapAsync(tier, direct, folder + "name", fault);
    }

    // Whether it was written now or was there before, it is there.
    private static async Task RequireAsync(S3Tier direct, string key, bool? stored, byte[] content)
    {
        if (stored is not null)
        {
            Assert.Equal(content, await ReadAsync(direct, key, 0, content.Length));
        }
    }

    // What a swap says is so; one that was answered with no may have to be tried again.
    private static async Task SwapAsync(S3Tier tier, S3Tier direct, string key, ProxyFault fault)
    {
        for (byte value = 1; value <= 2; value++)
        {
            var swapped = await TryAsync(async () => (bool?)await tier.CompareAndSwapAsync(key, value == 1 ? default(ReadOnlyMemory<byte>?) : new byte[] { 1 }, new[] { value }, Cancellation), fault);
            if (swapped == true)
            {
                Assert.Equal([value], await ReadAsync(direct, key, 0, 1));
            }
            else if (await direct.ReadAsync(key, 0, new byte[1], Cancellation) < 0)
            {
                Assert.True(await direct.CompareAndSwapAsync(key, null, new[] { value }, Cancellation));
            }
        }
    }

    // Nothing but the tier's own exception; and where bytes can't be told from right ones, and a refusal can't be told from a real one, it may come at once.
    private static async Task<T?> TryAsync<T>(Func<Task<T>> call, ProxyFault fault)
    {
        try
        {
            return await call();
        }
        catch (S3ClusterException) when (fault is ProxyFault.Page or ProxyFault.FlipHead or ProxyFault.FlipBody or ProxyFault.FlipRequest or ProxyFault.BreakOffRequest)
        {
            return default;
        }
    }

    private static Func<string, string, ProxyFault> Alternate(int first, ProxyFault fault, int every)
    {
        var requests = first;
        return (_, _) => Interlocked.Increment(ref requests) % every == 0 ? fault : ProxyFault.None;
    }

    private S3Tier MakeTier(FaultProxy proxy, int retries = 6, double timeout = 30)
    {
        var options = ceph.Options(_prefix);
        options.Endpoints.Clear();

        // Another endpoint is asked without a wait.
        options.Endpoints.Add(proxy.Address);
        options.Endpoints.Add(proxy.Address);
        options.MaxRetries = retries;
        options.PartLength = PartLength;
        options.RequestTimeout = TimeSpan.FromSeconds(timeout);
        return new S3Tier("primary", options);
    }

    private static async Task<bool> PutAsync(S3Tier tier, string key, byte[] content)
    {
        using var stream = new MemoryStream(content);
        return await tier.PutAsync(key, stream, Cancellation);
    }

    private static async Task<byte[]> ReadAsync(S3Tier tier, string key, int offset, int length)
    {
        var content = new byte[length];
        return content[..await tier.ReadAsync(key, offset, content, Cancellation)];
    }

    private static async Task<List<string>> ListAsync(S3Tier tier, string prefix)
    {
        var keys = new List<string>();
        await foreach (var found in tier.ListAsync(prefix, Cancellation))
        {
            keys.Add(found.Key);
        }

        return keys;
    }

    private static byte[] MakeContent(int length)
    {
        var content = new byte[length];
        new Random(length).NextBytes(content);
        return content;
    }
}
