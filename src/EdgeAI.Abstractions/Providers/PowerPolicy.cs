namespace EdgeAI.Providers;

/// <summary>Which devices a run may go to, and which of them it prefers.</summary>
public enum PowerPolicy
{
    /// <summary>Any device: the one where the run is expected to finish first.</summary>
    Fastest = 0,

    /// <summary>Any device: neural processors first, then graphics processors, then the processor.</summary>
    Efficient = 1,

    /// <summary>The processor alone; what it can't do fails.</summary>
    CpuOnly = 2,
}
