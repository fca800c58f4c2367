using System.Net.Sockets;
using System.Security.Authentication;
using EdgeAI.Remote.Protocol;

namespace EdgeAI.Remote.Transports;

/// <summary>What the failures of connections mean: whether the server can have had the request.</summary>
internal static class ConnectionFailures
{
    /// <summary>What it means; null when it is none of a connection.</summary>
    public static RemoteFailure? Find(Exception exception)
    {
        for (var current = exception; current is not null; current = current.InnerException)
        {
            if (current is AuthenticationException
                or HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError or HttpRequestError.VersionNegotiationError }
                or SocketException { SocketErrorCode: SocketError.ConnectionRefused or SocketError.HostNotFound or SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.HostDown or SocketError.NetworkDown or SocketError.TryAgain })
            {
                return RemoteFailure.Unreachable;
            }
        }

        for (var current = exception; current is not null; current = current.InnerException)
        {
            if (current is HttpIOException { HttpRequestError: HttpRequestError.InvalidResponse } or HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse })
            {
                return RemoteFailure.Garbled;
            }

            // A connection that took too long is one that was cancelled, within .NET.
            if (current is TimeoutException)
            {
                return RemoteFailure.Unreachable;
            }

            if (current is IOException or SocketException or HttpRequestException)
            {
                return RemoteFailure.Broken;
            }
        }

        return null;
    }

    /// <summary>The innermost reason, which is the one that says something.</summary>
    public static string Describe(Exception exception)
    {
        var current = exception;
        while (current.InnerException is { } inner)
        {
            current = inner;
        }

        return current.Message;
    }
}
