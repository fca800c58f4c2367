using EdgeAI.Models;

namespace EdgeAI.Storage;

/// <summary>Stored content is not what its name says: a disk lost or changed bytes. The damaged bytes were not returned.</summary>
public sealed class ContentCorruptedException : EdgeAIException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="digest">The name of the content.</param>
    /// <param name="location">Where it is stored.</param>
    /// <param name="reason">What is wrong with it.</param>
    /// <param name="innerException">The failure behind it, or null.</param>
    public ContentCorruptedException(Digest digest, string location, string reason, Exception? innerException = null)
        : base($"The content {digest} in '{location}' is damaged: {reason}. Import the model again to replace it, and check the disk.", innerException)
    {
        Digest = digest;
        Location = location;
    }

    /// <summary>The name of the content.</summary>
    public Digest Digest { get; }

    /// <summary>Where it is stored.</summary>
    public string Location { get; }
}
