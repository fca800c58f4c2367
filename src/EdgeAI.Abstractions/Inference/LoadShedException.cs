namespace EdgeAI.Inference;

/// <summary>A run of low priority was refused, because the machine has too much to do (a monitoring rule sheds load). Nothing was run.</summary>
public sealed class LoadShedException : EdgeAIException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="model">The model.</param>
    /// <param name="retryAfter">How long to wait before it is tried again.</param>
    public LoadShedException(string model, TimeSpan retryAfter)
        : base($"'{model}' was not run: runs of low priority are refused while a monitoring rule sheds load. Try again after {retryAfter.TotalSeconds:0.###} s, or ask with a higher priority.")
    {
        Model = model;
        RetryAfter = retryAfter;
    }

    /// <summary>The model.</summary>
    public string Model { get; }

    /// <summary>How long to wait before it is tried again.</summary>
    public TimeSpan RetryAfter { get; }
}
