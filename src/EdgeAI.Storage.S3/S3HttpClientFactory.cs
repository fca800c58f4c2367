using System.Net;
using Amazon.Runtime;

namespace EdgeAI.Storage.S3;

/// <summary>Makes what the SDK sends by.</summary>
internal sealed class S3HttpClientFactory : HttpClientFactory
{
    // S3Requests limits a try's time, from its beginning to its answer's end.
    public override HttpClient CreateHttpClient(IClientConfig clientConfig) => new(new S3AnswerHandler(MakeHandler())) { Timeout = Timeout.InfiniteTimeSpan };

    private static SocketsHttpHandler MakeHandler() => new()
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        UseCookies = false,
    };
}
