using EdgeAI.Models;

namespace EdgeAI.Storage;

/// <summary>A tag was not moved on a cluster, because somebody else had moved it since this store saw it last. The content is on the cluster; the tag is theirs.</summary>
public sealed class TagConflictException : EdgeAIException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="model">The name and tag.</param>
    /// <param name="cluster">The name of the cluster.</param>
    /// <param name="local">The digest of the manifest that this store has under the tag.</param>
    /// <param name="remote">The digest of the manifest that the cluster has under it.</param>
    public TagConflictException(ModelReference model, string cluster, Digest local, Digest remote)
        : base($"The cluster '{cluster}' has another version under '{model}' ({remote}) than the one that this store wanted to put there ({local}). Pull it to take theirs; import yours again after that to put it in its place, or import it under another tag.")
    {
        Model = model;
        Cluster = cluster;
        Local = local;
        Remote = remote;
    }

    /// <summary>The name and tag.</summary>
    public ModelReference Model { get; }

    /// <summary>The name of the cluster.</summary>
    public string Cluster { get; }

    /// <summary>The digest of the manifest that this store has under the tag.</summary>
    public Digest Local { get; }

    /// <summary>The digest of the manifest that the cluster has under it.</summary>
    public Digest Remote { get; }
}
