using System.ComponentModel.DataAnnotations;

namespace EdgeAI.Configuration;

/// <summary>How models are run.</summary>
public sealed class InferenceOptions
{
    /// <summary>How long a model stays loaded after its last lease is gone.</summary>
    /// <value>The default is 5 minutes; zero unloads at once, <see cref="Timeout.InfiniteTimeSpan"/> never.</value>
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How many threads one run may use on the CPU.</summary>
    /// <value>The default is 0: as many as there are processors. The range is 0 to 1024.</value>
    [Range(0, 1024)]
    public int CpuThreads { get; set; }

    /// <summary>Whether weights are packed for faster kernels.</summary>
    /// <value>The default is <see cref="WeightPacking.Auto"/>.</value>
    public WeightPacking WeightPacking { get; set; }

    /// <summary>
    /// Whether packed weights of large models are kept in a file beside the hot files, and mapped, rather than made anew in private memory at each load. The file holds the weights plain and
    /// packed: two to three times the weights' size on disk. Quantised models wait for it at their first load; others serve at once, and change over when it has been made behind them.
    /// </summary>
    /// <value>The default is true. False costs quantised models private memory of about their size, and float models speed with many rows.</value>
    public bool KeepPackedWeights { get; set; } = true;
}
