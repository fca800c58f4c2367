using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace EdgeAI.AspNetCore.Page;

/// <summary>The operator's page: static files in this assembly. They say nothing about the server, load nothing from elsewhere, and run no script but their own.</summary>
internal sealed class PageFiles
{
    private const string Prefix = "page/";
    private const string IndexName = "index.html";
    private const string RootMark = "data-root=\"../\"";

    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

    private readonly Dictionary<string, PageFile> _files;

    private PageFiles(Dictionary<string, PageFile> files) => _files = files;

    /// <summary>The files' names.</summary>
    public IEnumerable<string> Names => _files.Keys;

    /// <summary>Reads the files.</summary>
    /// <param name="path">Where the page is mapped: it finds the server's other addresses from there, whatever stands before it.</param>
    public static PageFiles Load(string path)
    {
        var assembly = typeof(PageFiles).Assembly;
        var files = new Dictionary<string, PageFile>(StringComparer.Ordinal);
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            var file = name[Prefix.Length..];
            content = file == IndexName ? WithRoot(content, path) : content;
            files.Add(file, new PageFile(content, TypeOf(file), $"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 12))}\""));
        }

        return new PageFiles(files);
    }

    public Task GetIndexAsync(HttpContext context, CancellationToken cancellationToken)
    {
        // Its files are named relative to its folder, which the address without the slash is not.
        if (context.Request.Path.Value is { } path && !path.EndsWith('/'))
        {
            context.Response.StatusCode = StatusCodes.Status301MovedPermanently;
            context.Response.Headers.Location = path[(path.LastIndexOf('/') + 1)..] + "/";
            return Task.CompletedTask;
        }

        return GetAsync(context, IndexName, cancellationToken);
    }

    public async Task GetAsync(HttpContext context, string name, CancellationToken cancellationToken)
    {
        var (file, response) = (_files[name], context.Response);
        response.Headers.ETag = file.ETag;
        response.Headers.CacheControl = "no-cache";
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        if (EntityTagHeaderValue.TryParseList(context.Request.Headers.IfNoneMatch, out var known) && known.Any(tag => tag.Compare(new(file.ETag), useStrongComparison: false)))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = file.ContentType;
        response.ContentLength = file.Content.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.BodyWriter.WriteAsync(file.Content, cancellationToken).ConfigureAwait(false);
        }
    }

    private static byte[] WithRoot(byte[] content, string path)
    {
        var depth = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Length;
        var root = depth == 0 ? "./" : string.Concat(Enumerable.Repeat("../", depth));
        return Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(content).Replace(RootMark, $"data-root=\"{root}\"", StringComparison.Ordinal));
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => "application/octet-stream",
    };
}
