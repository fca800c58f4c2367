using Amazon.S3.Model;
using EdgeAI.Storage.S3.Tests.Servers;

namespace EdgeAI.Storage.S3.Tests;

/// <summary>A real bucket's own rules; a day takes it some seconds.</summary>
[Collection(nameof(CephCluster))]
public sealed class S3LifecycleTests(CephCluster ceph) : IAsyncLifetime
{
    private readonly string _prefix = $"lifecycle-{Guid.NewGuid():n}/";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await ceph.StartAsync();

    public async ValueTask DisposeAsync()
    {
        using var client = ceph.MakeClient();
        await client.DeleteLifecycleConfigurationAsync("edgeai", CancellationToken.None);
    }

    [Fact]
    public async Task SetLifecycleAsync_RulesOfThree_TheBucketKeepsToThem()
    {
        using var tier = new S3Tier("primary", ceph.Options(_prefix));
        using var client = ceph.MakeClient();
        foreach (var key in (string[])["packs/a.pack", "drafts/a", "names/a"])
        {
            using var content = new MemoryStream([1]);
            Assert.True(await tier.PutAsync(key, content, Cancellation));
        }

        await client.InitiateMultipartUploadAsync(new InitiateMultipartUploadRequest { BucketName = "edgeai", Key = _prefix + "packs/broken.pack" }, Cancellation);
        S3LifecycleRule[] rules =
        [
            new() { Id = "abort", AbortUploadsAfterDays = 1 },
            new() { Id = "cold", Prefix = "packs/", TransitionAfterDays = 1, StorageClass = "COLD" },
            new() { Id = "drafts", Prefix = "drafts/", ExpireAfterDays = 1 },
        ];
        await tier.SetLifecycleAsync(rules, Cancellation);

        Assert.Equal(rules, await tier.GetLifecycleAsync(Cancellation));
        while (await tier.GetLengthAsync("drafts/a", Cancellation) is not null
            || (await client.GetObjectMetadataAsync("edgeai", _prefix + "packs/a.pack", Cancellation)).StorageClass?.Value != "COLD"
            || (await client.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = "edgeai", Prefix = _prefix }, Cancellation)).MultipartUploads is { Count: > 0 })
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, Cancellation);
        }

        var read = new byte[1];
        Assert.Equal(1, await tier.ReadAsync("packs/a.pack", 0, read, Cancellation));
        Assert.Equal(1, await tier.GetLengthAsync("names/a", Cancellation));
    }

    [Fact]
    public async Task SetLifecycleAsync_RulesOfOthersAreThere_OnlyOwnOnesAreReplaced()
    {
        using var tier = new S3Tier("primary", ceph.Options(_prefix));
        using var inner = new S3Tier("inner", ceph.Options(_prefix + "inner/"));
        using var client = ceph.MakeClient();
        var foreign = new LifecycleRule
        {
            Id = "foreign",
            Status = Amazon.S3.LifecycleRuleStatus.Disabled,
            Filter = new LifecycleFilter { LifecycleFilterPredicate = new LifecyclePrefixPredicate { Prefix = "elsewhere/" } },
            Expiration = new LifecycleRuleExpiration { Days = 365 },
        };
        await client.PutLifecycleConfigurationAsync(new PutLifecycleConfigurationRequest { BucketName = "edgeai", Configuration = new LifecycleConfiguration { Rules = [foreign] } }, Cancellation);
        Assert.Empty(await tier.GetLifecycleAsync(Cancellation));

        await inner.SetLifecycleAsync([new() { Id = "abort", AbortUploadsAfterDays = 700 }], Cancellation);
        await tier.SetLifecycleAsync([new() { Id = "abort", AbortUploadsAfterDays = 800 }, new() { Id = "more", TransitionAfterDays = 900, StorageClass = "COLD", AbortUploadsAfterDays = 7 }], Cancellation);
        await tier.SetLifecycleAsync([new() { Id = "abort", AbortUploadsAfterDays = 900 }], Cancellation);

        Assert.Equal([new() { Id = "abort", AbortUploadsAfterDays = 900 }], await tier.GetLifecycleAsync(Cancellation));
        await tier.SetLifecycleAsync([], Cancellation);
        Assert.Empty(await tier.GetLifecycleAsync(Cancellation));
        Assert.Equal([new() { Id = "abort", AbortUploadsAfterDays = 700 }], await inner.GetLifecycleAsync(Cancellation));
        await inner.SetLifecycleAsync([], Cancellation);
        var left = Assert.Single((await client.GetLifecycleConfigurationAsync("edgeai", Cancellation)).Configuration.Rules);
        Assert.Equal(("foreign", "Disabled", 365), (left.Id, left.Status.Value, left.Expiration.Days));
        Assert.Equal("elsewhere/", Assert.IsType<LifecyclePrefixPredicate>(left.Filter.LifecycleFilterPredicate).Prefix);
    }

    [Fact]
    public async Task SetLifecycleAsync_RuleThatCanNotBe_IsRefusedAndNothingChanges()
    {
        using var tier = new S3Tier("primary", ceph.Options(_prefix));
        var rule = new S3LifecycleRule { Id = "kept", AbortUploadsAfterDays = 900 };
        await tier.SetLifecycleAsync([rule], Cancellation);
        S3LifecycleRule[] wrong =
        [
            new() { Id = "nothing" },
            new() { Id = "a/b", AbortUploadsAfterDays = 1 },
            new() { Id = string.Empty, AbortUploadsAfterDays = 1 },
            new() { Id = "kept", AbortUploadsAfterDays = 1 },
            new() { Id = "days", AbortUploadsAfterDays = 0 },
            new() { Id = "class", TransitionAfterDays = 1 },
            new() { Id = "days", StorageClass = "COLD", AbortUploadsAfterDays = 1 },
            new() { Id = "order", Prefix = "drafts/", TransitionAfterDays = 2, StorageClass = "COLD", ExpireAfterDays = 2 },
            new() { Id = "all", ExpireAfterDays = 1 },
            new() { Id = "some", Prefix = "packs/a", ExpireAfterDays = 1 },
            new() { Id = "begin", Prefix = "na", ExpireAfterDays = 1 },
        ];
        foreach (var bad in wrong)
        {
            var exception = await Assert.ThrowsAsync<InvalidLifecycleRuleException>(() => tier.SetLifecycleAsync([rule, bad], Cancellation));
            Assert.Equal(bad.Id, exception.Rule);
        }

        Assert.Equal([rule], await tier.GetLifecycleAsync(Cancellation));
    }
}
