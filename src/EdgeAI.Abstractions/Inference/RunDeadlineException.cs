namespace EdgeAI.Inference;

/// <summary>A run was not done by its deadline, and has been stopped. The model stays loaded.</summary>
public sealed class RunDeadlineException : EdgeAIException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="model">The model.</param>
    /// <param name="deadline">How long the run was allowed to take.</param>
    public RunDeadlineException(string model, TimeSpan deadline)
        : base($"'{model}' was not done within {deadline}, waiting and loading included. Allow more time, ask with a higher priority, or call the Try form, which does not wait in a full queue.")
    {
        Model = model;
        Deadline = deadline;
    }

    /// <summary>The model.</summary>
    public string Model { get; }

    /// <summary>How long the run was allowed to take.</summary>
    public TimeSpan Deadline { get; }
}
