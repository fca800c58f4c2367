using EdgeAI.Models;
using EdgeAI.Transfers;

namespace EdgeAI.Sources;

/// <summary>A file on another machine that can be read from any of its bytes on: what <see cref="ModelSourceContext.FetchAsync"/> fetches. Derive from it for a protocol of your own.</summary>
public abstract class RemoteFile
{
    /// <summary>Makes one.</summary>
    /// <param name="path">Its path within its source, by which what has come of it is found again.</param>
    /// <param name="displayName">What to call it in messages: an address without secrets.</param>
    protected RemoteFile(string path, string displayName)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentException.ThrowIfNullOrEmpty(displayName);
        Path = path;
        DisplayName = displayName;
    }

    /// <summary>Its path within its source, by which what has come of it is found again.</summary>
    public string Path { get; }

    /// <summary>What to call it in messages: an address without secrets.</summary>
    public string DisplayName { get; }

    /// <summary>The digest that its content must have; null when any will do.</summary>
    public Digest? Digest { get; init; }

    /// <summary>The bytes that it must have; null when that is not known.</summary>
    public long? Length { get; init; }

    /// <summary>Opens its content once: from a byte on if it is still the one that <paramref name="validator"/> names, and else from its beginning.</summary>
    /// <param name="offset">Where to begin, in bytes; 0 for the whole.</param>
    /// <param name="validator">
    /// What the other side called the content whose first bytes are here, an <see cref="RemoteContent.Validator"/> of before; null where it had no name for it, and then
    /// <paramref name="offset"/> is above 0 only when the content's digest is known.
    /// </param>
    /// <param name="priority">How much it matters.</param>
    /// <param name="cancellationToken">Cancels the opening.</param>
    /// <exception cref="IOException">It failed in a way in which another try may not; so may reading the content.</exception>
    /// <exception cref="TimeoutException">It took too long, and is tried again.</exception>
    /// <exception cref="ModelSourceException">No other try would help: there is no such file, or access is denied.</exception>
    public abstract ValueTask<RemoteContent> OpenAsync(long offset, string? validator, TransferPriority priority, CancellationToken cancellationToken = default);
}
