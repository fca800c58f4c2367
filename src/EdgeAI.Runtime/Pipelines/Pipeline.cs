namespace EdgeAI.Pipelines;

/// <summary>Begins the definition of a pipeline: stages that work at the same time, each on what the one before has made.</summary>
public static class Pipeline
{
    /// <summary>A pipeline without stages, which hands on what it is given.</summary>
    /// <typeparam name="T">What goes in.</typeparam>
    /// <param name="options">What happens to failures and to what never comes out; null for the defaults.</param>
    public static Pipeline<T, T> From<T>(PipelineOptions? options = null) => new(options ?? new PipelineOptions(), (_, input) => input, stages: 0, depth: 0);
}
