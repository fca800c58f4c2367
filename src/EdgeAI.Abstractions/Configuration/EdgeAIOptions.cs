using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace EdgeAI.Configuration;

/// <summary>How an EdgeAI instance is set up: in code, or from the configuration section <c>EdgeAI</c>.</summary>
public sealed class EdgeAIOptions
{
    /// <summary>The configuration section that is read by default: <c>EdgeAI</c>.</summary>
    public const string SectionName = "EdgeAI";

    /// <summary>The directory that everything is kept in; made when it is not there.</summary>
    /// <value>The default is <c>EdgeAI</c> in the user's local application data.</value>
    [Required]
    public string DataDirectory { get; set; } =
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "EdgeAI");

    /// <summary>How models are kept.</summary>
    [ValidateObjectMembers]
    public StorageOptions Storage { get; set; } = new();

    /// <summary>How models are run.</summary>
    [ValidateObjectMembers]
    public InferenceOptions Inference { get; set; } = new();

    /// <summary>How much memory loaded models may take.</summary>
    [ValidateObjectMembers]
    public MemoryOptions Memory { get; set; } = new();

    /// <summary>What the instance watches in itself, and what it does about it.</summary>
    [ValidateObjectMembers]
    public MonitoringOptions Monitoring { get; set; } = new();

    /// <summary>Models to import at start-up when absent, and to load in advance.</summary>
    [ValidateEnumeratedItems]
    public IList<ModelOptions> Models { get; } = [];
}
