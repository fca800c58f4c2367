using EdgeAI.Models;

namespace EdgeAI.Storage.Clusters;

/// <summary>A model version that is to go to a cluster: a row of the outbox.</summary>
/// <param name="Id">Its number: the order in which entries go.</param>
/// <param name="Model">The version, and its name.</param>
/// <param name="State">How far it is.</param>
/// <param name="Asked">How often somebody has asked for it to go now.</param>
/// <param name="Answered">What <see cref="Asked"/> was when the last try that failed began: a try tells nothing to who asked later.</param>
internal sealed record OutboxEntry(long Id, ModelInfo Model, BacklogEntry State, int Asked, int Answered);
