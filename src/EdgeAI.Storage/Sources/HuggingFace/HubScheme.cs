using EdgeAI.Configuration;
using EdgeAI.Models;
using EdgeAI.Sources;

namespace EdgeAI.Storage.Sources.HuggingFace;

/// <summary>Models of the Hugging Face Hub, of a mirror, or of the cache that the hub's tools keep.</summary>
internal sealed class HubScheme(SourceOptions options) : IModelSourceScheme
{
    public IReadOnlyCollection<string> Schemes { get; } = ["hf"];

    public async ValueTask<ModelSource> OpenAsync(ModelAddress address, ModelSourceContext context, CancellationToken cancellationToken = default)
    {
        var place = HubAddress.Parse(address);
        var settings = new HubSettings(options.HuggingFace);
        if (!Uri.TryCreate(settings.Endpoint, UriKind.Absolute, out var endpoint) || endpoint.Scheme is not ("https" or "http"))
        {
            throw new ModelSourceException(address.ToString(), $"'{address}' can't be fetched: '{settings.Endpoint}' is not the address of a hub. Correct HF_ENDPOINT, or set HuggingFace:Endpoint.");
        }

        var cache = new HubCache(settings.CacheDirectory);
        var client = settings.Offline ? null : new HubClient(settings, options, context);
        var snapshot = await FindAsync(place, settings, cache, client, cancellationToken).ConfigureAwait(false);
        var file = place.File ?? ModelFileChoice.Find(place, [.. snapshot.Files.Keys]);
        var expected = snapshot.Files.GetValueOrDefault(file)?.Expected.Digest;
        return address.Digest is { } wanted && expected is { } known && wanted != known
            ? throw new ModelSourceCorruptedException(address.ToString(), wanted.ToString(), known.ToString())
            : new HubModelSource(address, place, file, snapshot, cache, client, context);
    }

    // The hub says what a branch is now; where it can't be asked, the cache says what it was.
    private async ValueTask<HubSnapshot> FindAsync(HubAddress place, HubSettings settings, HubCache cache, HubClient? client, CancellationToken cancellationToken)
    {
        var cached = cache.Find(place);
        if (client is null)
        {
            return cached ?? throw new ModelSourceUnavailableException(
                $"hf:{place.Repository}@{place.Revision}",
                $"the hub is not to be asked (HF_HUB_OFFLINE or HuggingFace:Offline), and its cache in '{settings.CacheDirectory}' does not have it. Fetch it while online, or allow the network.");
        }

        try
        {
            return await client.GetAsync(place, cached is null ? options.Retries : 0, cancellationToken).ConfigureAwait(false);
        }
        catch (ModelSourceUnavailableException) when (cached is not null)
        {
            return cached;
        }
    }
}
