namespace EdgeAI.Remote.Configuration;

/// <summary>What a model is on a cluster, where it is not what its reference says.</summary>
public sealed class RemoteModelOptions
{
    /// <summary>What the cluster calls it.</summary>
    /// <value>The default is null: the reference's name, such as <c>ocr/det</c>.</value>
    public string? Name { get; set; }

    /// <summary>The version that the cluster is asked for; empty for the cluster's own choice.</summary>
    /// <value>The default is null: the reference's tag, and the cluster's own choice for <c>latest</c>.</value>
    public string? Version { get; set; }

    /// <summary>Whether the server keeps something from one run to the next. Such runs are tried again only when they have not reached a server, and never hedged.</summary>
    /// <value>The default is false.</value>
    public bool IsStateful { get; set; }
}
