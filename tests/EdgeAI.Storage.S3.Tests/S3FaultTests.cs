using System.ComponentModel.DataAnnotations;
using Amazon.S3.Model;
using EdgeAI.Storage.S3.Tests.Servers;

namespace EdgeAI.Storage.S3.Tests;

/// <summary>A real cluster whose servers die, and one that is not as the options say.</summary>
[Collection(nameof(CephCluster))]
public sealed class S3FaultTests(CephCluster ceph) : IAsyncLifetime
{
    private readonly string _prefix = $"faults-{Guid.NewGuid():n}/";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await ceph.StartAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task AnyCall_OneGatewayDies_TheOtherGoesOnAndTheFirstReturns()
    {
        using var tier = new S3Tier("primary", ceph.Options(_prefix));
        Assert.True(await PutAsync(tier, "a", [1]));
        ceph.Kill("rgw.0");
        for (byte i = 0; i < 20; i++)
        {
            Assert.True(await PutAsync(tier, $"b{i}", [i]));
            Assert.Equal(i, await ReadAsync(tier, $"b{i}"));
        }

        await ceph.StartAsync();
        ceph.Kill("rgw.1");
        Assert.Equal(1, await ReadAsync(tier, "a"));
        Assert.True(await tier.CompareAndSwapAsync("tag", null, new byte[] { 1 }, Cancellation));
        Assert.True(await tier.CompareAndSwapAsync("tag", new byte[] { 1 }, new byte[] { 2 }, Cancellation));
    }

    [Fact]
    public async Task AnyCall_ADiskDies_GoesOn()
    {
        using var tier = new S3Tier("primary", ceph.Options(_prefix));
        Assert.True(await PutAsync(tier, "a", new byte[1 << 20]));
        ceph.Kill("osd.2");
        for (byte i = 0; i < 10; i++)
        {
            Assert.True(await PutAsync(tier, $"b{i}", [i]));
            Assert.Equal(i, await ReadAsync(tier, $"b{i}"));
        }

        Assert.Equal(1 << 20, await tier.GetLengthAsync("a", Cancellation));
    }

    [Fact]
    public async Task AnyCall_NoGatewayLeft_FailsWithWhatToDoAndWorksAfterwards()
    {
        var log = new CollectingLogger();
        var options = ceph.Options(_prefix);
        options.MaxRetries = 2;
        using var tier = new S3Tier("primary", options, logger: log);
        ceph.Kill("rgw.0");
        ceph.Kill("rgw.1");

        var exception = await Assert.ThrowsAsync<S3ClusterException>(async () => await tier.GetLengthAsync("a", Cancellation));
        await Assert.ThrowsAsync<S3ClusterException>(() => PutAsync(tier, "a", [1]));

        Assert.Equal("primary", exception.Cluster);
        Assert.Contains("look up 'a'", exception.Message, StringComparison.Ordinal);
        Assert.NotEmpty(log.Lines);
        Assert.DoesNotContain(log.Lines.Append(exception.ToString()), line => line.Contains(options.SecretKey!, StringComparison.Ordinal) || line.Contains(options.AccessKey!, StringComparison.Ordinal));
        await ceph.StartAsync();
        Assert.True(await PutAsync(tier, "a", [1]));
    }

    [Fact]
    public async Task PutAsync_BrokenOffInTheMidst_SendsOnlyWhatIsMissing()
    {
        var content = new byte[30 << 20];
        new Random(1).NextBytes(content);
        using var tier = new S3Tier("primary", ceph.Options(_prefix));
        using (var stopped = new CancellationTokenSource())
        {
            using var half = new StoppingStream(content, 20 << 20, stopped);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await tier.PutAsync("large", half, stopped.Token));
        }

        var upload = Assert.Single(await ListUploadsAsync());
        Assert.True(await PutAsync(tier, "large", content));

        Assert.Empty(await ListUploadsAsync());
        var stored = new byte[content.Length];
        Assert.Equal(content.Length, await tier.ReadAsync("large", 0, stored, Cancellation));
        Assert.Equal(content, stored);
        Assert.Equal(_prefix + "large", upload.Key);
    }

    [Fact]
    public async Task AnyCall_WrongKeyOrBucket_SaysSoWithoutTheKey()
    {
        var options = ceph.Options(_prefix);
        options.SecretKey = "not-the-secret-of-this-key";
        using var stranger = new S3Tier("primary", options);
        var refused = await Assert.ThrowsAsync<S3ClusterException>(() => PutAsync(stranger, "a", [1]));
        Assert.Contains("403", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("not-the-secret", refused.ToString(), StringComparison.Ordinal);

        options = ceph.Options(_prefix);
        options.Bucket = "none-of-that-name";
        using var lost = new S3Tier("primary", options);
        Assert.Contains("none-of-that-name", (await Assert.ThrowsAsync<S3ClusterException>(() => PutAsync(lost, "a", [1]))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<S3ClusterException>(() => ReadAsync(lost, "a"));
    }

    [Fact]
    public void Constructor_OptionsOutOfTheirRange_AreRefused()
    {
        Assert.Throws<ValidationException>(() => new S3Tier("primary", new S3ClusterOptions()));
        Assert.Throws<ValidationException>(() => new S3Tier("primary", new S3ClusterOptions { Bucket = "a", PartLength = 1 }));
        Assert.Throws<ValidationException>(() => new S3Tier("primary", new S3ClusterOptions { Bucket = "a", AccessKey = "only" }));
        Assert.Throws<ValidationException>(() => new S3Tier("primary", new S3ClusterOptions { Bucket = "a", Prefix = "no-end" }));
        var withUser = new S3ClusterOptions { Bucket = "a" };
        withUser.Endpoints.Add(new Uri("http://user:hidden@localhost"));
        Assert.DoesNotContain("hidden", Assert.Throws<ValidationException>(() => new S3Tier("primary", withUser)).Message, StringComparison.Ordinal);
    }

    private static async Task<bool> PutAsync(S3Tier tier, string key, byte[] content)
    {
        using var stream = new MemoryStream(content);
        return await tier.PutAsync(key, stream, Cancellation);
    }

    private static async Task<byte> ReadAsync(S3Tier tier, string key)
    {
        var content = new byte[1];
        Assert.Equal(1, await tier.ReadAsync(key, 0, content, Cancellation));
        return content[0];
    }

    private async Task<List<MultipartUpload>> ListUploadsAsync()
    {
        using var client = ceph.MakeClient();
        return (await client.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = "edgeai", Prefix = _prefix }, Cancellation)).MultipartUploads ?? [];
    }

    // Gives so much, and then the caller has had enough.
    private sealed class StoppingStream(byte[] content, int stop, CancellationTokenSource stopped) : MemoryStream(content)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Position >= stop)
            {
                await stopped.CancelAsync();
                cancellationToken.ThrowIfCancellationRequested();
            }

            return await base.ReadAsync(buffer, cancellationToken);
        }
    }
}
