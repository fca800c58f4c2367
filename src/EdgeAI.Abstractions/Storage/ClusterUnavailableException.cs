namespace EdgeAI.Storage;

/// <summary>No cluster could be reached. What the store has locally works all the same.</summary>
public sealed class ClusterUnavailableException : EdgeAIException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="clusters">The names of the clusters that were asked, or left alone since they failed a moment ago; at least one.</param>
    /// <param name="action">What they were asked for, such as <c>read 'ocr:v4'</c>.</param>
    /// <param name="reason">What went wrong.</param>
    /// <param name="innerException">The last failure, or null when none was tried.</param>
    public ClusterUnavailableException(IReadOnlyList<string> clusters, string action, string reason, Exception? innerException = null)
        : base($"No cluster ({string.Join(", ", clusters)}) can be reached to {action}: {reason.TrimEnd('.')}. What is local works; check the network and the clusters, and try again.", innerException) => Clusters = clusters;

    /// <summary>The names of the clusters that were asked, or left alone since they failed a moment ago.</summary>
    public IReadOnlyList<string> Clusters { get; }
}
