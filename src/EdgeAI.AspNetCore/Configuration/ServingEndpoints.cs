namespace EdgeAI.AspNetCore.Configuration;

/// <summary>Which endpoints <c>MapEdgeAI</c> maps.</summary>
public sealed class ServingEndpoints
{
    /// <summary>The instance that they serve.</summary>
    /// <value>The default is null: the default instance.</value>
    public string? Instance { get; set; }

    /// <summary>The open inference protocol over REST, under <c>/v2</c>.</summary>
    /// <value>The default is true.</value>
    public bool Rest { get; set; } = true;

    /// <summary>The open inference protocol over gRPC, and gRPC health. It needs a port that speaks HTTP/2.</summary>
    /// <value>The default is true.</value>
    public bool Grpc { get; set; } = true;
}
