namespace EdgeAI.Storage.Nodes;

/// <summary>Another EdgeAI host, whose objects are a tier here, could not be reached or would not do what was asked.</summary>
public sealed class StorageNodeException : EdgeAIException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="node">The host's address.</param>
    /// <param name="reason">What went wrong.</param>
    /// <param name="innerException">The failure behind it, or null.</param>
    public StorageNodeException(Uri node, string reason, Exception? innerException = null)
        : base($"The storage node {node} failed: {reason.TrimEnd('.')}. Check its address, its key and its scopes, and that it is up.", innerException) => Node = node;

    /// <summary>The host's address.</summary>
    public Uri Node { get; }
}
