using System.Net.Http.Headers;
using EdgeAI.Models;
using EdgeAI.Sources;

namespace EdgeAI.Storage.Sources.Http;

/// <summary>A model file on a web server; what it refers to is beside it there.</summary>
internal sealed class HttpModelSource : ModelSource
{
    private readonly ModelAddress _address;
    private readonly Uri _uri;
    private readonly AuthenticationHeaderValue? _authorization;
    private readonly HttpRequests _requests;
    private readonly ModelSourceContext _context;

    public HttpModelSource(ModelAddress address, Uri uri, HttpRequests requests, ModelSourceContext context)
    {
        _address = address;
        _authorization = HttpScheme.AuthorizationOf(uri);
        _uri = new UriBuilder(uri) { UserName = string.Empty, Password = string.Empty }.Uri;
        _requests = requests;
        _context = context;
    }

    public override string FileName => Uri.UnescapeDataString(_uri.Segments[^1]);

    public override string DisplayName => _address.ToString();

    public override async ValueTask<Stream> OpenAsync(string path, CancellationToken cancellationToken = default)
    {
        var isModelFile = path == FileName;
        var call = isModelFile
            ? new HttpCall(_uri, DisplayName) { Authorization = _authorization }
            : new HttpCall(new Uri(_uri, string.Join('/', path.Split('/').Select(Uri.EscapeDataString))), path) { Authorization = _authorization };
        try
        {
            return await _context.FetchAsync(new HttpFile(path, _requests, call) { Digest = isModelFile ? _address.Digest : null }, cancellationToken).ConfigureAwait(false);
        }
        catch (ModelSourceNotFoundException exception) when (!isModelFile)
        {
            throw new ModelFileNotFoundException(path, DisplayName, exception);
        }
    }
}
