using EdgeAI.Models;

namespace EdgeAI.Storage.Clusters;

/// <summary>A model version that is to go to a cluster: a row of the outbox.</summary>
internal sealed record OutboxEntry(long Id, ModelInfo Model, BacklogEntry State);
