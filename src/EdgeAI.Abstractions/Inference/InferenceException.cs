namespace EdgeAI.Inference;

/// <summary>A model failed while it ran. It stays loaded; another run may succeed.</summary>
public sealed class InferenceException : EdgeAIException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="model">The model.</param>
    /// <param name="device">The device that it ran on.</param>
    /// <param name="reason">What the execution provider said.</param>
    /// <param name="innerException">The failure behind it, or null.</param>
    public InferenceException(string model, string device, string reason, Exception? innerException = null)
        : base($"'{model}' failed while it ran on {device}: {reason} Check that the inputs fit together (sizes of free dimensions, value ranges).", innerException)
    {
        Model = model;
        Device = device;
    }

    /// <summary>The model.</summary>
    public string Model { get; }

    /// <summary>The device that it ran on.</summary>
    public string Device { get; }
}
