using EdgeAI.Models;

namespace EdgeAI.Sources;

/// <summary>Content of a <see cref="RemoteFile"/> that is still to be read.</summary>
public sealed class RemoteContent : IAsyncDisposable
{
    private readonly IDisposable? _connection;

    /// <summary>Makes one.</summary>
    /// <param name="stream">The bytes from <see cref="Offset"/> to the end; disposed with this.</param>
    /// <param name="connection">What is let go of after the stream; null for nothing.</param>
    public RemoteContent(Stream stream, IDisposable? connection = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Stream = stream;
        _connection = connection;
    }

    /// <summary>The bytes from <see cref="Offset"/> to the end.</summary>
    public Stream Stream { get; }

    /// <summary>Where in the file the stream begins: what was asked for, or 0.</summary>
    public long Offset { get; init; }

    /// <summary>The bytes of the whole file; null when the other side did not say.</summary>
    public long? Length { get; init; }

    /// <summary>What the other side calls this content and no other, such as a strong ETag; null when it has no name for it, and then an interrupted download begins anew.</summary>
    public string? Validator { get; init; }

    /// <summary>The digest of the whole file, as the other side said it; null when it did not.</summary>
    public Digest? Digest { get; init; }

    /// <summary>Lets go of the stream and its connection.</summary>
    public async ValueTask DisposeAsync()
    {
        await Stream.DisposeAsync().ConfigureAwait(false);
        _connection?.Dispose();
    }
}
