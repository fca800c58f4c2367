namespace EdgeAI.Storage.Tests.Placement;

/// <summary>The system's clock, ahead of it or behind it.</summary>
internal sealed class OffsetTime : TimeProvider
{
    public TimeSpan Offset { get; set; }

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Offset;
}
