using Amazon;
using Amazon.Runtime;
using Amazon.S3;

namespace EdgeAI.Storage.S3;

/// <summary>Makes the SDK's clients so that clusters other than AWS take what they send.</summary>
internal static class S3Clients
{
    /// <summary>An endpoint for each address of a cluster, or AWS itself.</summary>
    public static S3Endpoint[] MakeEndpoints(S3ClusterOptions options, TimeProvider time)
    {
        var credentials = options.AccessKey is { } key ? new BasicAWSCredentials(key, options.SecretKey) : null;
        return MakeEndpoints([.. options.Endpoints], options.Region, options.ForcePathStyle, options.RequestTimeout, credentials, time);
    }

    /// <summary>An endpoint for each address, or AWS itself when there is none.</summary>
    /// <param name="addresses">The addresses.</param>
    /// <param name="region">The region; null for what the AWS chain finds.</param>
    /// <param name="isPathStyle">Whether the bucket stands in the path.</param>
    /// <param name="timeout">How long a request may take.</param>
    /// <param name="credentials">Who asks; null for what the AWS chain finds.</param>
    /// <param name="time">The clock.</param>
    public static S3Endpoint[] MakeEndpoints(IReadOnlyList<Uri> addresses, string? region, bool isPathStyle, TimeSpan timeout, AWSCredentials? credentials, TimeProvider time)
    {
        return addresses.Count == 0 ? [Make(null)] : [.. addresses.Select(Make)];

        S3Endpoint Make(Uri? address)
        {
            var config = Configure(address?.ToString().TrimEnd('/'), region, isPathStyle, timeout);
            var client = credentials is null ? new S3Client(config) : new S3Client(credentials, config);
            return new S3Endpoint(config.ServiceURL?.TrimEnd('/') ?? $"AWS {region ?? config.RegionEndpoint?.SystemName}", client, time);
        }
    }

    // Our requests are tried again by us, at another endpoint.
    private static AmazonS3Config Configure(string? address, string? region, bool isPathStyle, TimeSpan timeout)
    {
        var config = new AmazonS3Config
        {
            AuthenticationRegion = region,
            ForcePathStyle = isPathStyle,
            MaxErrorRetry = 0,
            Timeout = timeout,
            HttpClientFactory = new S3HttpClientFactory(),
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (address is not null)
        {
            config.ServiceURL = address;
        }
        else if (region is not null)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }

        return config;
    }
}
