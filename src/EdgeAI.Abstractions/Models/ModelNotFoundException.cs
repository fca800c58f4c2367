namespace EdgeAI.Models;

/// <summary>The store, or a remote device, has no model under a reference.</summary>
public sealed class ModelNotFoundException : EdgeAIException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="model">The reference that was asked for.</param>
    /// <param name="known">Some references that the store does have, to name in the message.</param>
    public ModelNotFoundException(ModelReference model, IReadOnlyList<string>? known = null)
        : base($"The store has no model '{model}'. Import it first (ImportAsync), or name one that is there"
            + (known is { Count: > 0 } ? $": {string.Join(", ", known)}." : "; the store is empty.")) => Model = model;

    /// <summary>Makes the exception for a place other than the store.</summary>
    /// <param name="model">The reference that was asked for.</param>
    /// <param name="device">The device that was asked.</param>
    /// <param name="advice">What to do, in a sentence.</param>
    public ModelNotFoundException(ModelReference model, string device, string advice)
        : base($"{device} has no model '{model}'. {advice}") => Model = model;

    /// <summary>The reference that was asked for.</summary>
    public ModelReference Model { get; }
}
