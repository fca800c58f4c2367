namespace EdgeAI.Inference;

/// <summary>The worker process of a model died, or may not be started again yet. The app and its other models are not touched, and the lease stays good: run again after <see cref="RetryAfter"/>.</summary>
public sealed class ModelWorkerException : EdgeAIException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="model">The model.</param>
    /// <param name="device">The device that it ran on.</param>
    /// <param name="reason">What happened to the worker.</param>
    /// <param name="exitCode">What it ended with; null when that is not known. On Unix 128 and the signal's number after a signal.</param>
    /// <param name="retryAfter">When a run starts a new worker.</param>
    public ModelWorkerException(string model, string device, string reason, int? exitCode, TimeSpan retryAfter)
        : base($"The worker process of '{model}' on {device} is gone: {reason} {When(retryAfter)} starts a new one. If that dies too, the inputs, the model or its native libraries are at fault.")
    {
        Model = model;
        Device = device;
        ExitCode = exitCode;
        RetryAfter = retryAfter;
    }

    /// <summary>The model.</summary>
    public string Model { get; }

    /// <summary>The device that it ran on, such as <c>cpu:0</c>.</summary>
    public string Device { get; }

    /// <summary>What the worker ended with; null when that is not known. On Unix 128 and the signal's number after a signal.</summary>
    public int? ExitCode { get; }

    /// <summary>
    /// When a run starts a new worker: at once after one death, 1 second after the second without a run between them that succeeds, doubled with each further one up to a minute. Until then runs
    /// end with this exception and start nothing.
    /// </summary>
    public TimeSpan RetryAfter { get; }

    private static string When(TimeSpan delay) => delay > TimeSpan.Zero ? $"A run in {delay.TotalSeconds:0.#} s or later" : "The next run";
}
