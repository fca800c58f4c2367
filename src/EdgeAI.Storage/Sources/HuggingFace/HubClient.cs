using System.Net;
using System.Text.Json;
using EdgeAI.Configuration;
using EdgeAI.Models;
using EdgeAI.Sources;
using EdgeAI.Storage.Manifests;
using EdgeAI.Storage.Sources.Http;
using EdgeAI.Transfers;

namespace EdgeAI.Storage.Sources.HuggingFace;

/// <summary>Asks the hub. Source: its documentation, "Hub API endpoints", and what its own client reads from headers.</summary>
internal sealed class HubClient(HubSettings settings, SourceOptions options, ModelSourceContext context)
{
    private const string ErrorCode = "X-Error-Code";
    private const int MaxListing = 64 << 20;

    private readonly HttpRequests _requests = new(options, context.Time);

    /// <summary>What a revision is now.</summary>
    /// <param name="address">The repository and the revision.</param>
    /// <param name="retries">How often a failure is tried again.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async ValueTask<HubSnapshot> GetAsync(HubAddress address, int retries, CancellationToken cancellationToken)
    {
        var display = $"hf:{address.Repository}@{address.Revision}";
        var call = new HttpCall(new Uri($"{settings.Endpoint}/api/models/{address.Repository}/revision/{Uri.EscapeDataString(address.Revision)}?blobs=true"), display)
        {
            Authorization = settings.AuthorizationFor(display),
            Explain = response => Explain(response, address, display),
        };
        var retry = new DownloadRetry(new SourceOptions { Retries = retries }, context.Time);
        var listing = await retry.RunAsync(display, () => 0, () => ReadAsync(call, cancellationToken), cancellationToken).ConfigureAwait(false);
        try
        {
            using var json = JsonDocument.Parse(listing);
            return Read(json.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new ModelSourceException(display, $"'{display}' can't be read: the hub at {settings.Endpoint} answered with something else than a model's description ({exception.Message.TrimEnd('.')}). Check HF_ENDPOINT.", exception);
        }
    }

    /// <summary>Fetches a file of a commit.</summary>
    public ValueTask FetchAsync(HubAddress address, string commit, HubFile file, string path, CancellationToken cancellationToken)
    {
        var display = $"hf:{address.Repository}@{address.Revision}/{file.Path}";
        var call = new HttpCall(new Uri($"{settings.Endpoint}/{address.Repository}/resolve/{commit}/{string.Join('/', file.Path.Split('/').Select(Uri.EscapeDataString))}"), display)
        {
            Authorization = settings.AuthorizationFor(display),
            Explain = response => Explain(response, address, display),
        };
        return new Download(options, context, new HttpFile(file.Path, _requests, call), file.Expected).RunAsync(path, cancellationToken);
    }

    private async ValueTask<byte[]> ReadAsync(HttpCall call, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.Timeout, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        using var transfer = await context.Transfers.BeginAsync(TransferDirection.Down, context.Priority, cancellationToken).ConfigureAwait(false);
        using var reply = await _requests.SendAsync(call, transfer.Priority, cancellationToken).ConfigureAwait(false);
        try
        {
            await reply.Response.Content.LoadIntoBufferAsync(MaxListing, either.Token).ConfigureAwait(false);
            return await reply.Response.Content.ReadAsByteArrayAsync(either.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new TransientDownloadException($"the connection broke: {exception.Message}", null, exception);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TransientDownloadException($"the hub did not answer in {options.Timeout}");
        }
    }

    private static HubSnapshot Read(JsonElement model)
    {
        var commit = model.GetProperty("sha").GetString()!;
        if (commit.Length == 0 || !commit.All(char.IsAsciiHexDigitLower))
        {
            throw new FormatException($"'{commit}' is no commit");
        }

        var files = new Dictionary<string, HubFile>(StringComparer.Ordinal);
        foreach (var sibling in model.GetProperty("siblings").EnumerateArray())
        {
            var path = sibling.GetProperty("rfilename").GetString()!;
            if (RelativePath.IsSafe(path))
            {
                files[path] = new HubFile(path, ExpectedOf(sibling), null);
            }
        }

        return new HubSnapshot(commit, files);
    }

    private static ExpectedContent ExpectedOf(JsonElement sibling)
    {
        long? length = sibling.TryGetProperty("size", out var size) && size.ValueKind == JsonValueKind.Number ? size.GetInt64() : null;
        if (sibling.TryGetProperty("lfs", out var large) && large.ValueKind == JsonValueKind.Object)
        {
            return new ExpectedContent(Digest.Parse("sha256:" + large.GetProperty("sha256").GetString()), null, length);
        }

        return new ExpectedContent(null, sibling.TryGetProperty("blobId", out var name) ? name.GetString() : null, length);
    }

    private ModelSourceException? Explain(HttpResponseMessage response, HubAddress address, string display)
    {
        var code = response.Headers.TryGetValues(ErrorCode, out var values) ? values.First() : null;
        var page = $"{settings.Endpoint}/{address.Repository}";
        return (response.StatusCode, code) switch
        {
            (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden, "GatedRepo") => new ModelSourceDeniedException(display, settings.HasToken
                ? $"the repository is gated, and the account of the token has no access yet. Accept its terms at {page}, and try again."
                : $"the repository is gated. Accept its terms at {page}, and set HF_TOKEN or HuggingFace:Token to a token of that account."),
            (HttpStatusCode.Unauthorized, _) => new ModelSourceDeniedException(display, settings.HasToken
                ? "the repository is not there, or the token may not read it. Check the name, and that the token (HF_TOKEN or HuggingFace:Token) is valid."
                : "the repository is not there, or it is private. Check the name, and set HF_TOKEN or HuggingFace:Token to a token that may read it."),
            (HttpStatusCode.Forbidden, _) => new ModelSourceDeniedException(display, $"the token may not read it. Look at {page} with its account, and at what the token permits."),
            (HttpStatusCode.NotFound, "RevisionNotFound") => new ModelSourceNotFoundException(display, $"the repository has no revision '{address.Revision}'. Look at {page}."),
            (HttpStatusCode.NotFound, "EntryNotFound") => new ModelSourceNotFoundException(display, $"the repository has no such file. Look at {page}."),
            (HttpStatusCode.NotFound, _) => new ModelSourceNotFoundException(display, "the hub has no such repository, revision or file. Check the name."),
            _ => null,
        };
    }
}
