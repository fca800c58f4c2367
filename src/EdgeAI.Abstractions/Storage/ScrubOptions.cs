namespace EdgeAI.Storage;

/// <summary>How much of a store a scrub reads, and how fast.</summary>
public sealed record ScrubOptions
{
    /// <summary>The share of all content to read, above 0 and at most 1.</summary>
    /// <value>The default is 1: everything.</value>
    public double Share { get; init; } = 1;

    /// <summary>How many bytes of content to read at most, before compression; the chunk that reaches it is the last. More than 0.</summary>
    /// <value>The default is null: as <see cref="Share"/> says.</value>
    public long? MaxBytes { get; init; }

    /// <summary>How many bytes of content to read in a second at most, before compression, on average. More than 0.</summary>
    /// <value>The default is null: as fast as it goes.</value>
    public long? BytesPerSecond { get; init; }

    /// <summary>Told how far the scrub is, after each chunk.</summary>
    /// <value>The default is null: nobody is told.</value>
    public IProgress<ScrubProgress>? Progress { get; init; }
}
