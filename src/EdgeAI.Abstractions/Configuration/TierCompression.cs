namespace EdgeAI.Configuration;

/// <summary>What becomes of packs that go to the cold tier.</summary>
public enum TierCompression
{
    /// <summary>They are moved as they are.</summary>
    None,

    /// <summary>They are written anew, with what takes long to find and makes them shorter. What that does not make shorter is moved as it is.</summary>
    Stronger,
}
