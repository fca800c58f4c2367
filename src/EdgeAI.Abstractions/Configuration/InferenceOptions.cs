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

    /// <summary>Whether weights are packed anew, in private memory, for faster kernels.</summary>
    /// <value>The default is <see cref="WeightPacking.Auto"/>.</value>
    public WeightPacking WeightPacking { get; set; }
}
