namespace EdgeAI.Pipelines;

/// <summary>How one stage of a pipeline works.</summary>
public sealed record StageOptions
{
    /// <summary>What the stage is called in failures.</summary>
    /// <value>The default is null: its number, from 1.</value>
    public string? Name { get; init; }

    /// <summary>How many items the stage works on at once.</summary>
    /// <value>The default is 1; the range is 1 to 1024.</value>
    public int Parallelism { get; init; } = 1;

    /// <summary>How many results may wait for the next stage. When there are so many the stage stands still, and so in the end does the source.</summary>
    /// <value>The default is 4; the range is 1 to 1048576.</value>
    public int Buffer { get; init; } = 4;

    /// <summary>Whether results leave in the order in which items came, though the stage works on several at once. A result that is ready early then waits, and counts as worked on.</summary>
    /// <value>The default is true; false hands on what is ready first. A stage that works on one at a time keeps the order anyway.</value>
    public bool KeepOrder { get; init; } = true;

    internal static StageOptions Default { get; } = new();

    /// <exception cref="ArgumentOutOfRangeException">One is out of its range.</exception>
    internal StageOptions Require()
    {
        if (Parallelism is < 1 or > 1024)
        {
            throw new ArgumentOutOfRangeException(nameof(Parallelism), Parallelism, "It must be from 1 to 1024.");
        }

        return Buffer is < 1 or > 1 << 20 ? throw new ArgumentOutOfRangeException(nameof(Buffer), Buffer, "It must be from 1 to 1048576.") : this;
    }
}
