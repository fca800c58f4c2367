using EdgeAI.Storage;

namespace EdgeAI.Configuration;

/// <summary>What <c>AddLifecycle</c> gives to its callback: says when models go to slower tiers.</summary>
/// <param name="rules">Where rules are added.</param>
public sealed class LifecycleRules(IList<LifecycleRule> rules)
{
    /// <summary>Sends models that have not been used for a time to a slower tier.</summary>
    /// <param name="after">How long they have not been used; more than zero.</param>
    /// <param name="to"><see cref="Tier.Warm"/> drops their hot files, <see cref="Tier.Cold"/> moves their packs there too.</param>
    /// <returns>The same rules.</returns>
    public LifecycleRules Demote(TimeSpan after, Tier to)
    {
        rules.Add(new LifecycleRule { After = after, To = to });
        return this;
    }
}
