using EdgeAI.Storage;

namespace EdgeAI.Configuration;

/// <summary>A place of a store on the machine's own disks.</summary>
public sealed class TierOptions
{
    /// <summary>The directory; it should have nothing else in it.</summary>
    /// <value>The default is null: within the store's own directory, and for a cold tier, that there is none.</value>
    public string? Directory { get; set; }

    /// <summary>How much it may hold, such as <c>64GB</c>. See <see cref="ByteSize"/> for what can be written.</summary>
    /// <value>The default is null: as much as the disk has. What is in use or pinned is kept beyond it.</value>
    public string? Capacity { get; set; }
}
