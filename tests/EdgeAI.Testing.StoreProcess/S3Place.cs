using EdgeAI.Storage;
using EdgeAI.Storage.S3;

namespace EdgeAI.Testing.StoreProcess;

/// <summary>Where an S3 cluster is, in one argument.</summary>
internal static class S3Place
{
    /// <summary>Reads <c>endpoint,…,bucket,prefix,access key,secret key</c>.</summary>
    public static StorageCluster Parse(string place)
    {
        var parts = place.Split(',');
        var options = new S3ClusterOptions { Region = "default", Bucket = parts[^4], Prefix = parts[^3], AccessKey = parts[^2], SecretKey = parts[^1], PartLength = 5 << 20 };
        foreach (var endpoint in parts[..^4])
        {
            options.Endpoints.Add(new Uri(endpoint));
        }

        return new StorageCluster("primary", new S3Tier("primary", options));
    }
}
