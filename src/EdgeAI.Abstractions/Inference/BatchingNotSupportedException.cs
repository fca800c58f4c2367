namespace EdgeAI.Inference;

/// <summary>A model was to be loaded with batching, and requests for it can't share a run. It was not loaded for this caller.</summary>
public sealed class BatchingNotSupportedException : EdgeAIException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="model">The model.</param>
    /// <param name="reason">What in the model forbids it, as a clause.</param>
    public BatchingNotSupportedException(string model, string reason)
        : base($"Requests for '{model}' can't be batched: {reason}. Load it without batching, or export it with a free first dimension in every input and output.")
    {
        Model = model;
        Reason = reason;
    }

    /// <summary>The model.</summary>
    public string Model { get; }

    /// <summary>What in the model forbids it.</summary>
    public string Reason { get; }
}
