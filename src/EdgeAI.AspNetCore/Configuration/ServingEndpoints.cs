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

    /// <summary>Model management, under <c>/edgeai/v1</c>.</summary>
    /// <value>The default is true.</value>
    public bool Management { get; set; } = true;

    /// <summary>The store's objects for other nodes, under <c>/edgeai/v1/store</c>, and with <see cref="ServingOptions.SharedDirectory"/> those kept for them, under <c>/edgeai/v1/shared</c>.</summary>
    /// <value>The default is true.</value>
    public bool StorageNode { get; set; } = true;

    /// <summary>Where the operator's page is. It asks <c>/v2</c> and <c>/edgeai/v1</c> with its visitor's key, and is of use with <see cref="Rest"/> and <see cref="Management"/> alone.</summary>
    /// <value>The default is <c>/edgeai</c>; null for none.</value>
    public string? PagePath { get; set; } = "/edgeai";

    /// <summary>Where metrics are, as Prometheus reads them.</summary>
    /// <value>The default is <c>/metrics</c>; null for none.</value>
    public string? MetricsPath { get; set; } = "/metrics";
}
