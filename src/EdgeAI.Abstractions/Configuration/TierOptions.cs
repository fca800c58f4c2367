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

    /// <summary>Whether packs are compressed anew, and stronger, when they come to the cold tier. Other tiers have none.</summary>
    /// <value>The default is null, which stands for <see cref="TierCompression.Stronger"/> on the cold tier.</value>
    public TierCompression? Compression { get; set; }

    /// <summary>How much content may be compressed anew in a second on average, before compression, such as <c>5MB</c>: the processor is left to others for the rest of it.</summary>
    /// <value>The default is null: as fast as one core does it.</value>
    public string? CompressionRate { get; set; }
}
