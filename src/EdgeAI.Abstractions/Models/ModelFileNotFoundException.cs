namespace EdgeAI.Models;

/// <summary>A file of a model is not there: the model file itself, one that it refers to, or a companion.</summary>
public sealed class ModelFileNotFoundException : EdgeAIException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="path">The file that is missing.</param>
    /// <param name="referredToBy">The model file that it belongs to; null when it is the model file itself.</param>
    /// <param name="innerException">The failure behind it, or null.</param>
    public ModelFileNotFoundException(string path, string? referredToBy = null, Exception? innerException = null)
        : base(
            referredToBy is null
                ? $"There is no model file '{path}'. Check the path."
                : $"'{path}' is missing: it belongs to '{referredToBy}'. Put it beside the model and import again.",
            innerException)
    {
        Path = path;
        ReferredToBy = referredToBy;
    }

    /// <summary>The file that is missing.</summary>
    public string Path { get; }

    /// <summary>The model file that it belongs to; null when it is the model file itself.</summary>
    public string? ReferredToBy { get; }
}
