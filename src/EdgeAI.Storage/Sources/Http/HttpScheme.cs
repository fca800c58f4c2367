using System.Net.Http.Headers;
using System.Text;
using EdgeAI.Configuration;
using EdgeAI.Models;
using EdgeAI.Sources;

namespace EdgeAI.Storage.Sources.Http;

/// <summary>Files on web servers.</summary>
internal sealed class HttpScheme(SourceOptions options) : IModelSourceScheme
{
    public IReadOnlyCollection<string> Schemes { get; } = [Uri.UriSchemeHttp, Uri.UriSchemeHttps];

    public ValueTask<ModelSource> OpenAsync(ModelAddress address, ModelSourceContext context, CancellationToken cancellationToken = default)
    {
        if (!Uri.TryCreate($"{address.Scheme}:{address.Rest}", UriKind.Absolute, out var uri) || uri.Host.Length == 0 || uri.AbsolutePath.EndsWith('/'))
        {
            throw new InvalidModelAddressException(address.ToString(), "write the address of a file, 'https://host/folder/model.onnx'");
        }

        return new(new HttpModelSource(address, uri, new HttpRequests(options, context.Time), context));
    }

    /// <summary>Who an address says asks, in the form in which it is sent.</summary>
    public static AuthenticationHeaderValue? AuthorizationOf(Uri uri) => uri.UserInfo.Length == 0
        ? null
        : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(uri.UserInfo))));
}
