using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using EdgeAI.Benchmarks.Cluster.Links;
using EdgeAI.Storage;
using EdgeAI.Storage.S3;

namespace EdgeAI.Benchmarks.Cluster.Pulls;

/// <summary>The bucket of the measures: plain files, and a store's objects.</summary>
internal static class Bucket
{
    public const string Name = "bench";

    public static async Task CreateAsync(CephServers ceph)
    {
        using var client = MakeClient(ceph.Endpoint);
        await client.PutBucketAsync(Name);
    }

    public static async Task UploadAsync(CephServers ceph, string key, string file)
    {
        Console.Error.WriteLine($"… puts {key} on the cluster");
        using var client = MakeClient(ceph.Endpoint);
        await client.PutObjectAsync(new PutObjectRequest { BucketName = Name, Key = key, FilePath = file });
    }

    /// <summary>A store with the bucket behind it.</summary>
    public static ModelStore Open(string directory, Uri endpoint) => ModelStore.Open(directory, clusters: [new StorageCluster("ceph", MakeTier(endpoint))]);

    public static S3Tier MakeTier(Uri endpoint)
    {
        var options = new S3ClusterOptions { Bucket = Name, Prefix = "models/", Region = CephServers.Region, AccessKey = CephServers.AccessKey, SecretKey = CephServers.SecretKey };
        options.Endpoints.Add(endpoint);
        return new S3Tier("ceph", options);
    }

    private static AmazonS3Client MakeClient(Uri endpoint) => new(
        new BasicAWSCredentials(CephServers.AccessKey, CephServers.SecretKey),
        new AmazonS3Config
        {
            ServiceURL = endpoint.ToString(),
            ForcePathStyle = true,
            AuthenticationRegion = CephServers.Region,
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        });
}
