using EdgeAI.Models;

namespace EdgeAI.Memory;

/// <summary>A model was to be swapped out that somebody has pinned. It stays in memory.</summary>
public sealed class ModelPinnedException : EdgeAIException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="model">The model.</param>
    /// <param name="pins">How many pins hold it.</param>
    public ModelPinnedException(ModelReference model, int pins)
        : base($"'{model}' can't be swapped out: {pins} pin(s) keep it in memory. Dispose what PinAsync returned, and try again.") => Model = model;

    /// <summary>The model.</summary>
    public ModelReference Model { get; }
}
