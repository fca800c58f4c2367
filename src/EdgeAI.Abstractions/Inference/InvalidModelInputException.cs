namespace EdgeAI.Inference;

/// <summary>A run was given inputs that the model does not take. The model did not run.</summary>
public sealed class InvalidModelInputException : EdgeAIException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="model">The model.</param>
    /// <param name="input">The input at fault.</param>
    /// <param name="problem">What is wrong with it.</param>
    /// <param name="expected">All inputs that the model takes, in words.</param>
    public InvalidModelInputException(string model, string input, string problem, string expected)
        : base($"The input '{input}' of '{model}' is wrong: {problem}. The model takes {expected}.")
    {
        Model = model;
        Input = input;
    }

    /// <summary>The model.</summary>
    public string Model { get; }

    /// <summary>The input at fault.</summary>
    public string Input { get; }
}
