namespace EdgeAI.Pipelines;

/// <summary>How a pipeline goes on when something fails, and what becomes of items that never come out.</summary>
public sealed record PipelineOptions
{
    /// <summary>Is told of each item that fails, while the others go on. It is called by several threads, and must not throw.</summary>
    /// <value>The default is null: the first failure ends the run, and whoever reads the results gets it as a <see cref="PipelineStageException"/>.</value>
    public Action<PipelineFailure>? OnItemFailed { get; init; }

    /// <summary>
    /// Is given what waits between two stages when a run ends early, a gathered list as one value: the place to dispose values that own something. It is called by several threads, and must not throw. What a
    /// stage has been given is the stage's; what has come out is the reader's.
    /// </summary>
    /// <value>The default is null: such values are left to the garbage collector.</value>
    public Action<object>? OnDiscarded { get; init; }
}
