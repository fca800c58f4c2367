using EdgeAI.Models;

namespace EdgeAI.Storage.Sources.Http;

/// <summary>An answer whose body is still to be read.</summary>
/// <param name="Response">The answer.</param>
/// <param name="LinkedDigest">What a host that pointed elsewhere said the content's digest is; null when none did.</param>
internal sealed record HttpReply(HttpResponseMessage Response, Digest? LinkedDigest) : IDisposable
{
    public void Dispose() => Response.Dispose();
}
