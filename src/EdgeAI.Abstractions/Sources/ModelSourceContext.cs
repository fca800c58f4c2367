using EdgeAI.Models;
using EdgeAI.Transfers;

namespace EdgeAI.Sources;

/// <summary>What an import lends to whoever fetches its source.</summary>
public sealed class ModelSourceContext
{
    /// <summary>
    /// A folder for what is fetched, for this import alone, made when it is not there. What is in it is there again when an import from the same address is tried again, after a crash too; it
    /// is deleted once an import is done, or after a week.
    /// </summary>
    public required string Folder { get; init; }

    /// <summary>Asked before bytes move.</summary>
    public required ITransferScheduler Transfers { get; init; }

    /// <summary>Fetches files into <see cref="Folder"/>.</summary>
    public required IModelDownloads Downloads { get; init; }

    /// <summary>How much what is fetched matters.</summary>
    /// <value>The default is <see cref="TransferPriority.Normal"/>.</value>
    public TransferPriority Priority { get; init; } = TransferPriority.Normal;

    /// <summary>Told how far a download is, as <see cref="ImportStage.Fetching"/>; null for nobody.</summary>
    public IProgress<ImportProgress>? Progress { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Fetches a file into the folder, or what is missing of it: see <see cref="IModelDownloads"/>.</summary>
    /// <param name="file">The file, and how to read it.</param>
    /// <param name="cancellationToken">Stops it; what has come stays for the next try.</param>
    /// <returns>The whole file, which can be seeked in; the caller disposes it.</returns>
    /// <exception cref="ModelSourceException">It can't be had, or is not what it must be.</exception>
    public ValueTask<Stream> FetchAsync(RemoteFile file, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        return Downloads.FetchAsync(file, this, cancellationToken);
    }
}
