using System.ComponentModel.DataAnnotations;

namespace EdgeAI.AspNetCore.Configuration;

/// <summary>What a request may cost. One that asks for more is refused before memory is taken for it.</summary>
public sealed class ServingLimits
{
    /// <summary>The longest body of an inference request, in bytes.</summary>
    /// <value>The default is 64 MiB. The range is 1 KiB to 2,000,000,000.</value>
    [Range(1024, 2_000_000_000)]
    public long MaxBodyBytes { get; set; } = 64L << 20;

    /// <summary>The longest JSON before binary tensors, in bytes; <c>Inference-Header-Content-Length</c> says how long one is.</summary>
    /// <value>The default is 1 MiB. The range is 64 to 1,000,000,000.</value>
    [Range(64, 1_000_000_000)]
    public int MaxHeaderBytes { get; set; } = 1 << 20;

    /// <summary>How many inputs a request may have, and how many outputs it may ask for.</summary>
    /// <value>The default is 256. The range is 1 to 65536.</value>
    [Range(1, 65536)]
    public int MaxTensors { get; set; } = 256;

    /// <summary>How many dimensions a tensor may have.</summary>
    /// <value>The default is 32. The range is 1 to 1024.</value>
    [Range(1, 1024)]
    public int MaxRank { get; set; } = 32;

    /// <summary>How many elements a tensor may have.</summary>
    /// <value>The default is 64 Mi. The range is 1 to 2,000,000,000.</value>
    [Range(1, 2_000_000_000)]
    public long MaxElements { get; set; } = 64L << 20;

    /// <summary>How deep JSON may be nested.</summary>
    /// <value>The default is 64. The range is 8 to 1024.</value>
    [Range(8, 1024)]
    public int MaxJsonDepth { get; set; } = 64;

    /// <summary>How long a request may take in all: its body's arrival, waiting, loading and running.</summary>
    /// <value>The default is 2 minutes. More than zero.</value>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How many runs go on at once where the engine sets no limit of its own; the others wait.</summary>
    /// <value>The default is 0: as many as there are processors. The range is 0 to 1024.</value>
    [Range(0, 1024)]
    public int MaxConcurrentRuns { get; set; }

    /// <summary>How many requests may wait for a run. One more is answered with 429.</summary>
    /// <value>The default is 256. The range is 0 to 1,000,000.</value>
    [Range(0, 1_000_000)]
    public int QueueLength { get; set; } = 256;

    /// <summary>The longest file that may be uploaded for an import, in bytes.</summary>
    /// <value>The default is 64 GiB. At least 1.</value>
    [Range(1, long.MaxValue)]
    public long MaxUploadBytes { get; set; } = 64L << 30;
}
