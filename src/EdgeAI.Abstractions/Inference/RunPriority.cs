namespace EdgeAI.Inference;

/// <summary>Who comes first when runs wait for a device. Every eighth turn goes to the run that has waited longest, so that none waits for ever.</summary>
public enum RunPriority
{
    /// <summary>After the others.</summary>
    Low = -1,

    /// <summary>In turn, fairly between models.</summary>
    Normal = 0,

    /// <summary>Before the others.</summary>
    High = 1,
}
