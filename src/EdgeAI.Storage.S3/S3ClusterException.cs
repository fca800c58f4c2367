namespace EdgeAI.Storage.S3;

/// <summary>An S3 cluster could not be reached, or refused what it was asked for.</summary>
public sealed class S3ClusterException : EdgeAIException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="cluster">The tier's name.</param>
    /// <param name="endpoint">The address that was asked last.</param>
    /// <param name="action">What it was asked for, such as <c>read 'packs/…'</c>.</param>
    /// <param name="reason">What it answered, or what went wrong on the way.</param>
    /// <param name="innerException">The failure behind it, or null.</param>
    public S3ClusterException(string cluster, string endpoint, string action, string reason, Exception? innerException = null)
        : base($"The cluster '{cluster}' could not {action} at {endpoint}: {reason}. Check the network, the endpoints, the bucket and the rights of the access key, and try again.", innerException)
    {
        Cluster = cluster;
        Endpoint = endpoint;
    }

    /// <summary>The tier's name.</summary>
    public string Cluster { get; }

    /// <summary>The address that was asked last.</summary>
    public string Endpoint { get; }
}
