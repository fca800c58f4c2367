using System.ComponentModel.DataAnnotations;

namespace EdgeAI.Configuration;

/// <summary>How models are fetched from other places than files of this machine.</summary>
public sealed class SourceOptions : IValidatableObject
{
    /// <summary>How long a server may send nothing before the connection is given up and made anew.</summary>
    /// <value>The default is 30 seconds; more than zero, at most an hour.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a download is tried again with no byte gained; each time after a longer pause, or after the one that the server asks for.</summary>
    /// <value>The default is 5; the range is 0 to 100.</value>
    [Range(0, 100)]
    public int Retries { get; set; } = 5;

    /// <summary>The largest file that is fetched, in bytes; a larger one is refused before it fills the disk.</summary>
    /// <value>The default is 1 TiB; the range is 1 to 2^60.</value>
    [Range(1L, 1L << 60)]
    public long MaxFileBytes { get; set; } = 1L << 40;

    /// <summary>The Hugging Face Hub.</summary>
    public HuggingFaceOptions HuggingFace { get; set; } = new();

    /// <summary>The folder in which Ollama keeps its models, with <c>manifests</c> and <c>blobs</c> in it.</summary>
    /// <value>The default is null: the variable <c>OLLAMA_MODELS</c>, or <c>.ollama/models</c> in the user's folder.</value>
    public string? OllamaDirectory { get; set; }

    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        if (Timeout <= TimeSpan.Zero || Timeout > TimeSpan.FromHours(1))
        {
            yield return new ValidationResult($"Timeout is {Timeout}; it must be more than zero, and an hour at most.", [nameof(Timeout)]);
        }

        if (HuggingFace.Endpoint is { } endpoint && (!endpoint.IsAbsoluteUri || endpoint.Scheme is not ("https" or "http")))
        {
            yield return new ValidationResult($"HuggingFace:Endpoint is '{endpoint}'; it must be an address such as 'https://mirror.example'.", [nameof(HuggingFace)]);
        }
    }
}
