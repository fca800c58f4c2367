using EdgeAI.Models;

namespace EdgeAI.Storage;

/// <summary>A model version that is on its way to a cluster.</summary>
/// <param name="Cluster">The cluster's name.</param>
/// <param name="Model">The name that it goes under.</param>
/// <param name="Digest">The digest of its manifest.</param>
/// <param name="EnteredAt">When it was imported.</param>
/// <param name="Objects">Packs that are still to go; null while that is not known.</param>
/// <param name="Bytes">Bytes of packs that are still to go; null while that is not known.</param>
/// <param name="Attempts">How often sending it has failed.</param>
/// <param name="LastError">Why it failed last; null when it did not.</param>
/// <param name="Conflict">What the cluster has under the name instead, which stops this entry until the name is pulled or imported again; null when there is no conflict.</param>
public sealed record BacklogEntry(
    string Cluster,
    ModelReference Model,
    Digest Digest,
    DateTimeOffset EnteredAt,
    int? Objects,
    long? Bytes,
    int Attempts,
    string? LastError,
    Digest? Conflict);
