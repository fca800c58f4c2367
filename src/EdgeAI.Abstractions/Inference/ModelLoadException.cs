namespace EdgeAI.Inference;

/// <summary>No device could load a model. The store is unharmed.</summary>
public sealed class ModelLoadException : EdgeAIException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="model">The model.</param>
    /// <param name="device">The device that was to load it.</param>
    /// <param name="reason">What the execution provider said.</param>
    /// <param name="innerException">The failure behind it, or null.</param>
    public ModelLoadException(string model, string device, string reason, Exception? innerException = null)
        : base($"'{model}' could not be loaded on {device}: {reason} Check that the model's operators and opset are ones this runtime has.", innerException)
    {
        Model = model;
        Device = device;
    }

    /// <summary>The model.</summary>
    public string Model { get; }

    /// <summary>The device that was to load it.</summary>
    public string Device { get; }
}
