namespace EdgeAI.Transfers;

/// <summary>How much a transfer matters; of two, the one with the higher value goes first.</summary>
public enum TransferPriority
{
    /// <summary>Nobody waits for it: write-behind, demotion, a scrub.</summary>
    Background = 0,

    /// <summary>Somebody asked for it and goes on meanwhile: a pull, a prewarming, an import.</summary>
    Normal = 1,

    /// <summary>A load waits for it.</summary>
    Critical = 2,
}
