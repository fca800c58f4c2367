using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.S3;

namespace EdgeAI.Storage.S3;

/// <summary>A client that sends each request once, and once more where the cluster's clock shows that this machine's is wrong: it is signed anew by the cluster's.</summary>
internal sealed class S3Client : AmazonS3Client
{
    // The base's constructor builds what sends, with this.
    private readonly S3ClockPolicy _clock = new();

    /// <summary>By a key.</summary>
    public S3Client(AWSCredentials credentials, AmazonS3Config config)
        : base(credentials, config)
    {
    }

    /// <summary>By what the AWS chain finds.</summary>
    public S3Client(AmazonS3Config config)
        : base(config)
    {
    }

    /// <summary>The time by the clock that signs, put right by what the cluster answered last.</summary>
    public DateTime UtcNow => CorrectClockSkew.GetCorrectedUtcNowForEndpoint(_clock.Endpoint ?? Config.ServiceURL ?? string.Empty);

    /// <inheritdoc/>
    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
    {
        base.CustomizeRuntimePipeline(pipeline);
        pipeline.ReplaceHandler<RetryHandler>(new RetryHandler(_clock));
    }
}
