namespace EdgeAI.Pipelines;

/// <summary>An item that failed in a stage.</summary>
/// <param name="Stage">The stage's name, or its number from 1.</param>
/// <param name="Item">What the stage was given.</param>
/// <param name="Exception">What the stage threw.</param>
public sealed record PipelineFailure(string Stage, object? Item, Exception Exception);
