namespace EdgeAI.Storage.S3;

/// <summary>An S3 cluster was added with options that it can't work with. Nothing was sent.</summary>
public sealed class S3ClusterOptionsException : EdgeAIException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="cluster">The cluster's name.</param>
    /// <param name="problem">Which option, and what it must be.</param>
    public S3ClusterOptionsException(string cluster, string problem)
        : base($"The S3 cluster '{cluster}' can't be added: {problem}") => Cluster = cluster;

    /// <summary>The cluster's name.</summary>
    public string Cluster { get; }
}
