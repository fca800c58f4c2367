namespace EdgeAI.Testing.StoreProcess;

/// <summary>The system's clock, which jumps ahead: what other processes hold for a while has ended.</summary>
internal sealed class AheadTime : TimeProvider
{
    /// <summary>By how much it is ahead.</summary>
    public TimeSpan Offset { get; set; }

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Offset;
}
