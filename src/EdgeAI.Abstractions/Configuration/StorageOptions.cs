using System.ComponentModel.DataAnnotations;

namespace EdgeAI.Configuration;

/// <summary>How models are kept.</summary>
public sealed class StorageOptions
{
    /// <summary>The Zstandard level for content that shrinks.</summary>
    /// <value>The default is 3; the range is 1 to 19.</value>
    [Range(1, 19)]
    public int CompressionLevel { get; set; } = 3;

    /// <summary>How long an operation waits for another process that holds the store, before it fails.</summary>
    /// <value>The default is 10 minutes; more than zero.</value>
    public TimeSpan LockTimeout { get; set; } = TimeSpan.FromMinutes(10);
}
