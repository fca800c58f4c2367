namespace EdgeAI.Inference;

/// <summary>A device gave a result that is none of the model's: an output is missing, or has another name, type or shape than the signature says, or is not a number. The result has been thrown away.</summary>
public sealed class WrongResultException : EdgeAIException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="model">The model.</param>
    /// <param name="device">The device that it ran on.</param>
    /// <param name="output">The output at fault.</param>
    /// <param name="problem">What is wrong with it.</param>
    public WrongResultException(string model, string device, string output, string problem)
        : base($"{device} gave a wrong result for '{model}': the output '{output}' is wrong: {problem}. Update the device's driver or its provider, or keep the model off the device by its options.")
    {
        Model = model;
        Device = device;
        Output = output;
    }

    /// <summary>The model.</summary>
    public string Model { get; }

    /// <summary>The device that it ran on.</summary>
    public string Device { get; }

    /// <summary>The output at fault.</summary>
    public string Output { get; }
}
