using System.ComponentModel.DataAnnotations;

namespace EdgeAI.Configuration;

/// <summary>How one device is used.</summary>
public sealed class DeviceOptions
{
    /// <summary>Whether it is used at all.</summary>
    /// <value>The default is true.</value>
    public bool IsEnabled { get; set; } = true;

    /// <summary>How many runs it does at once; the others wait in its queue.</summary>
    /// <value>The default is 0: as many as come, with no queue. The range is 0 to 1024.</value>
    [Range(0, 1024)]
    public int MaxConcurrentRuns { get; set; }

    /// <summary>How many runs may wait before the Try forms answer that the queue is full. The other forms wait all the same.</summary>
    /// <value>The default is 256. The range is 0 to 1,000,000.</value>
    [Range(0, 1_000_000)]
    public int QueueLength { get; set; } = 256;
}
