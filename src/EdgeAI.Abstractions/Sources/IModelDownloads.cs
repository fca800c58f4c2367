namespace EdgeAI.Sources;

/// <summary>
/// Fetches files of sources into an import's folder, for whatever protocol: goes on where an earlier attempt ended, after a crash too, without a byte that was verified being fetched again; tries again what failed in
/// passing; asks the transfer scheduler before bytes move; and compares what came with what it must be. The store that imports lends one.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public interface IModelDownloads
{
    /// <summary>Fetches a file, or what is missing of it.</summary>
    /// <param name="file">The file, and how to read it.</param>
    /// <param name="context">What the import lends.</param>
    /// <param name="cancellationToken">Stops it; what has come stays for the next try.</param>
    /// <returns>The whole file, which can be seeked in; the caller disposes it.</returns>
    /// <exception cref="ModelSourceException">It can't be had, or is not what it must be.</exception>
    ValueTask<Stream> FetchAsync(RemoteFile file, ModelSourceContext context, CancellationToken cancellationToken = default);
}
