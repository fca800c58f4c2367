namespace EdgeAI.Inference;

/// <summary>The worker process of a model died, or may not be started again yet. The app and its other models are not touched, and the lease stays good: run again after <see cref="RetryAfter"/>.</summary>
public sealed class ModelWorkerException : EdgeAIException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="model">The model.</param>
    /// <param name="reason">What happened to the worker.</param>
    /// <param name="exitCode">What it ended with; null when that is not known. On Unix 128 and the signal's number after a signal.</param>
    /// <param name="retryAfter">When a run starts a new worker.</param>
    public ModelWorkerException(string model, string reason, int? exitCode, TimeSpan retryAfter)
        : base($"The worker process of '{model}' is gone: {reason} A run in {retryAfter.TotalSeconds:0.#} s or later starts a new one. If it dies again, the model or its native libraries are at fault.")
    {
        Model = model;
        ExitCode = exitCode;
        RetryAfter = retryAfter;
    }

    /// <summary>The model.</summary>
    public string Model { get; }

    /// <summary>What the worker ended with; null when that is not known. On Unix 128 and the signal's number after a signal.</summary>
    public int? ExitCode { get; }

    /// <summary>When a run starts a new worker: 1 second after the first death, doubled with each further one up to a minute. A run that succeeds sets it back.</summary>
    public TimeSpan RetryAfter { get; }
}
