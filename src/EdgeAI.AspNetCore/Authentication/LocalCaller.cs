using System.Net;
using Microsoft.AspNetCore.Http;

namespace EdgeAI.AspNetCore.Authentication;

/// <summary>Whether a request comes from a program on this machine, and not from a page that a browser on it shows, nor through a proxy on it.</summary>
internal static class LocalCaller
{
    public static bool Is(HttpContext context)
    {
        var (connection, headers) = (context.Connection, context.Request.Headers);
        return connection.RemoteIpAddress is { } remote && IPAddress.IsLoopback(remote)
            && connection.LocalIpAddress is { } local && IPAddress.IsLoopback(local)
            && IsLocalName(context.Request.Host.Host)
            && !headers.ContainsKey("Forwarded") && !headers.ContainsKey("X-Forwarded-For")
            && IsOwnOrigin(context.Request);
    }

    // A page from elsewhere, or a name that was made to point here, would act in the name of whoever looks at it.
    private static bool IsOwnOrigin(HttpRequest request) => request.Headers.Origin is not { Count: > 0 } origin || origin == $"{request.Scheme}://{request.Host}";

    private static bool IsLocalName(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
