using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace EdgeAI.Storage.Tests.Sources;

/// <summary>
/// A server that behaves as the Hugging Face Hub does: a description of each revision with the names, sizes and digests of its files; addresses of files that answer with the content of small
/// ones, and point to another host for large ones; and its ways to say no. Source: the hub's documentation, "Hub API endpoints" and "Downloading files".
/// </summary>
internal sealed class ModelHub(WebServer hub, WebServer content)
{
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";
    public const string Repository = "org/tiny-model";

    private readonly Dictionary<string, (byte[] Content, bool IsLarge)> _files = [];

    /// <summary>Who may read; null for everybody.</summary>
    public string? Token { get; set; }

    /// <summary>Whether the account of the token has still to accept terms.</summary>
    public bool IsGated { get; set; }

    /// <summary>Adds a file, on the hub itself or, as the hub does with large ones, on another host.</summary>
    public WebFile Add(string path, byte[] bytes, bool isLarge)
    {
        _files[path] = (bytes, isLarge);
        hub.On($"/api/models/{Repository}/revision/main", context => Guard(context, DescribeAsync));
        if (!isLarge)
        {
            var small = new WebFile(bytes) { Etag = $"\"{SourceTest.GitNameOf(bytes)}\"" };
            hub.On(PathOf(path), context => Guard(context, small.AnswerAsync));
            return small;
        }

        var digest = SourceTest.DigestOf(bytes)["sha256:".Length..];
        var large = content.Serve("/blobs/" + digest, bytes);
        hub.On(PathOf(path), context => Guard(context, inner =>
        {
            inner.Response.StatusCode = StatusCodes.Status302Found;
            inner.Response.Headers.Location = content.UrlOf($"/blobs/{digest}?signature=secret");
            inner.Response.Headers["X-Linked-Etag"] = $"\"{digest}\"";
            inner.Response.Headers["X-Linked-Size"] = $"{bytes.Length}";
            inner.Response.Headers["X-Repo-Commit"] = Commit;
            return Task.CompletedTask;
        }));
        return large;
    }

    /// <summary>Writes the files as the hub's tools keep them: blobs by digest, and links to them.</summary>
    public void WriteCache(string directory, params string[] paths)
    {
        var folder = Path.Combine(directory, "models--" + Repository.Replace("/", "--", StringComparison.Ordinal));
        Directory.CreateDirectory(Path.Combine(folder, "refs"));
        Directory.CreateDirectory(Path.Combine(folder, "blobs"));
        File.WriteAllText(Path.Combine(folder, "refs", "main"), Commit);
        foreach (var path in paths)
        {
            var (bytes, isLarge) = _files[path];
            var blob = isLarge ? SourceTest.DigestOf(bytes)["sha256:".Length..] : SourceTest.GitNameOf(bytes);
            File.WriteAllBytes(Path.Combine(folder, "blobs", blob), bytes);
            var link = Path.Combine(folder, "snapshots", Commit, path);
            Directory.CreateDirectory(Path.GetDirectoryName(link)!);
            File.CreateSymbolicLink(link, Path.Combine([.. Enumerable.Repeat("..", path.Split('/').Length + 1), "blobs", blob]));
        }
    }

    public static string PathOf(string file) => $"/{Repository}/resolve/{Commit}/{file}";

    private async Task Guard(HttpContext context, Func<HttpContext, Task> answer)
    {
        var isKnown = Token is null || context.Request.Headers.Authorization == $"Bearer {Token}";
        if (isKnown && !IsGated)
        {
            await answer(context);
            return;
        }

        context.Response.StatusCode = isKnown ? StatusCodes.Status403Forbidden : StatusCodes.Status401Unauthorized;
        context.Response.Headers["X-Error-Code"] = IsGated ? "GatedRepo" : "RepoNotFound";
    }

    private Task DescribeAsync(HttpContext context) => context.Response.WriteAsJsonAsync(new
    {
        id = Repository,
        sha = Commit,
        siblings = _files.Select(file => new
        {
            rfilename = file.Key,
            size = file.Value.Content.Length,
            blobId = SourceTest.GitNameOf(file.Value.Content),
            lfs = file.Value.IsLarge ? new { sha256 = SourceTest.DigestOf(file.Value.Content)["sha256:".Length..], size = file.Value.Content.Length, pointerSize = 135 } : null,
        }),
    }, JsonSerializerOptions.Default);
}
