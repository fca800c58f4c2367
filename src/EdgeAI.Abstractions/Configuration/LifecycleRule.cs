using EdgeAI.Storage;

namespace EdgeAI.Configuration;

/// <summary>When a model goes to a slower tier.</summary>
public sealed class LifecycleRule
{
    /// <summary>How long it has not been used by then; more than zero. A use is a load, or being laid out; an import counts as one.</summary>
    public TimeSpan After { get; set; }

    /// <summary>Where it goes: <see cref="Tier.Warm"/> drops its hot files, <see cref="Tier.Cold"/> moves its packs there too.</summary>
    public Tier To { get; set; }
}
