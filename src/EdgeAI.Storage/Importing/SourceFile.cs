using EdgeAI.Models;

namespace EdgeAI.Storage.Importing;

/// <summary>A file of the source, open.</summary>
internal sealed class SourceFile(string displayName, string path, string? location, Stream content) : IDisposable
{
    private readonly long _length = content.Length;
    private readonly DateTime? _lastWrite = LastWriteOf(content);

    /// <summary>The path within the model's folder.</summary>
    public string Path => path;

    /// <summary>What the model file calls it; null for the model file itself.</summary>
    public string? Location => location;

    public Stream Content => content;

    public async ValueTask ReadExactlyAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        try
        {
            await content.ReadExactlyAsync(destination, cancellationToken).ConfigureAwait(false);
        }
        catch (EndOfStreamException)
        {
            throw Changed();
        }
    }

    /// <summary>Refuses a file that somebody wrote to while it was read: its parts may be of two versions.</summary>
    public void RequireUnchanged()
    {
        if (content.Length != _length || LastWriteOf(content) != _lastWrite)
        {
            throw Changed();
        }
    }

    public void Dispose() => content.Dispose();

    private static DateTime? LastWriteOf(Stream content) => content is FileStream file ? File.GetLastWriteTimeUtc(file.SafeFileHandle) : null;

    private InvalidModelException Changed() => new(displayName, $"'{path}' was changed while it was read; wait until it is complete");
}
