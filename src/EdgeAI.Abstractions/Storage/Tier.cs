namespace EdgeAI.Storage;

/// <summary>The kinds of places that a store has on the machine itself.</summary>
public enum Tier
{
    /// <summary>Models laid out as plain files, ready to map. Made from what is on the other tiers, and dropped at any time.</summary>
    Hot,

    /// <summary>Packs: compressed content of models that are in use.</summary>
    Warm,

    /// <summary>Packs of models that have not been used for long, on a slower and cheaper disk.</summary>
    Cold,
}
