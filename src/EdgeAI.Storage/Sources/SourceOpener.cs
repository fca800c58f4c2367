using EdgeAI.Configuration;
using EdgeAI.Models;
using EdgeAI.Sources;
using EdgeAI.Storage.Durability;
using EdgeAI.Storage.Sources.Http;
using EdgeAI.Storage.Sources.HuggingFace;
using EdgeAI.Storage.Sources.Ollama;
using EdgeAI.Transfers;

namespace EdgeAI.Storage.Sources;

/// <summary>Opens sources that are addresses, by their schemes: those that were registered, and then the built-in ones.</summary>
internal sealed class SourceOpener(StoreDirectory directory, SourceOptions options, IEnumerable<IModelSourceScheme> schemes, ITransferScheduler transfers, LockWait wait)
{
    private readonly FolderDownloads _downloads = new(options);
    private readonly IModelSourceScheme[] _schemes = [.. schemes, new HttpScheme(options), new HubScheme(options), new OllamaScheme(options)];

    /// <summary>Opens a source; one that is no address is open already.</summary>
    /// <exception cref="InvalidModelAddressException">Nobody knows the scheme, or the address is not of its form.</exception>
    public async ValueTask<OpenedSource> OpenAsync(ModelSource source, IProgress<ImportProgress>? progress, CancellationToken cancellationToken)
    {
        if (source is not AddressedModelSource { Address: var address })
        {
            return new OpenedSource(source, null, null);
        }

        var scheme = _schemes.FirstOrDefault(scheme => scheme.Schemes.Contains(address.Scheme))
            ?? throw new InvalidModelAddressException(
                address.ToString(),
                $"nobody knows the scheme '{address.Scheme}'; known are {string.Join(", ", _schemes.SelectMany(known => known.Schemes).Append(Uri.UriSchemeFile).Distinct().Order(StringComparer.Ordinal))}. Register its IModelSourceScheme; that of 's3' is in the package EdgeAI.Storage.S3, by AddS3Source");

        // By what is shown: a signed address is another one each time, and leads to the same file.
        var (folder, path) = directory.Download(address.ToString());
        var single = await FileLock.AcquireExclusiveAsync(path, wait, cancellationToken).ConfigureAwait(false);
        try
        {
            var context = new ModelSourceContext { Folder = folder, Transfers = transfers, Downloads = _downloads, Progress = progress, Time = wait.Time };
            return new OpenedSource(await scheme.OpenAsync(address, context, cancellationToken).ConfigureAwait(false), folder, single);
        }
        catch
        {
            single.Dispose();
            throw;
        }
    }
}
