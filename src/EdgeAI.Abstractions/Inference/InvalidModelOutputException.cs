namespace EdgeAI.Inference;

/// <summary>A binding was given memory for an output that the model can't write there. Nothing was bound.</summary>
public sealed class InvalidModelOutputException : EdgeAIException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="model">The model.</param>
    /// <param name="output">The output at fault.</param>
    /// <param name="problem">What is wrong with it.</param>
    /// <param name="expected">All outputs that the model gives, in words.</param>
    public InvalidModelOutputException(string model, string output, string problem, string expected)
        : base($"The memory for the output '{output}' of '{model}' is wrong: {problem}. The model gives {expected}.")
    {
        Model = model;
        Output = output;
    }

    /// <summary>The model.</summary>
    public string Model { get; }

    /// <summary>The output at fault.</summary>
    public string Output { get; }
}
