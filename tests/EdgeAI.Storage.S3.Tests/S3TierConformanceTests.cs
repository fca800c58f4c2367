using Amazon.Runtime;
using Amazon.S3;
using EdgeAI.Storage.Conformance;

namespace EdgeAI.Storage.S3.Tests;

/// <summary>What every tier must do, on a real cluster.</summary>
public sealed class S3TierConformanceTests : StorageTierConformance, IDisposable
{
    private readonly S3Tier _tier;

    public S3TierConformanceTests()
    {
        var options = new S3ClusterOptions { Bucket = "edgeai", Region = "default", AccessKey = "testaccess", SecretKey = "testsecret12345678", Prefix = "p/" };
        options.Endpoints.Add(new Uri("http://127.0.0.1:17480"));
        options.Endpoints.Add(new Uri("http://127.0.0.1:17481"));
        _tier = new S3Tier("primary", options);
        using var client = new AmazonS3Client(new BasicAWSCredentials("testaccess", "testsecret12345678"), new AmazonS3Config { ServiceURL = "http://127.0.0.1:17480", ForcePathStyle = true, AuthenticationRegion = "default" });
        client.PutBucketAsync("edgeai").GetAwaiter().GetResult();
    }

    protected override IStorageTier Tier => _tier;

    public void Dispose() => _tier.Dispose();
}
