namespace EdgeAI.Models;

/// <summary>A text was given as a model reference and is none.</summary>
public sealed class InvalidModelReferenceException : EdgeAIException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="text">What was given.</param>
    /// <param name="reason">What is wrong with it.</param>
    public InvalidModelReferenceException(string text, string reason)
        : base($"'{text}' is not a model reference: {reason}. Write 'name:tag' (such as 'ocr/det:v4') or 'name@sha256:…'.") => Text = text;

    /// <summary>What was given.</summary>
    public string Text { get; }
}
