using System.Globalization;
using EdgeAI.Remote.Protocol;
using Grpc.Core;

namespace EdgeAI.Remote.Transports.Grpc;

/// <summary>What an exception of gRPC means.</summary>
internal static class GrpcFailures
{
    private const string RetryAfter = "retry-after";
    private const string Pushback = "grpc-retry-pushback-ms";

    public static RemoteCallException Of(RpcException exception)
    {
        // What this side says by itself has an exception behind it; what the server says has none.
        if (exception.Status.DebugException is { } inner && ConnectionFailures.Find(inner) is { } broken)
        {
            return new RemoteCallException(broken, ConnectionFailures.Describe(inner), exception);
        }

        var kind = exception.StatusCode switch
        {
            // An answer that is too long is refused by this side.
            StatusCode.ResourceExhausted when exception.Status.Detail.StartsWith("Received message exceeds", StringComparison.Ordinal) => RemoteFailure.Garbled,
            StatusCode.Unavailable or StatusCode.ResourceExhausted => RemoteFailure.Busy,

            // What is no gRPC at all, and messages that can't be read.
            StatusCode.Cancelled or StatusCode.Internal or StatusCode.Unknown or StatusCode.Unimplemented when IsGarbled(exception) => RemoteFailure.Garbled,
            StatusCode.Cancelled or StatusCode.Aborted => RemoteFailure.Broken,
            StatusCode.NotFound => RemoteFailure.Missing,
            StatusCode.Unauthenticated or StatusCode.PermissionDenied => RemoteFailure.Denied,
            StatusCode.InvalidArgument or StatusCode.OutOfRange or StatusCode.FailedPrecondition => RemoteFailure.Refused,
            StatusCode.DeadlineExceeded => RemoteFailure.Late,
            StatusCode.Unimplemented => RemoteFailure.Garbled,
            _ => RemoteFailure.Failed,
        };
        return new RemoteCallException(kind, $"{exception.StatusCode}: {exception.Status.Detail}", exception) { RetryAfter = RetryAfterOf(exception.Trailers) };
    }

    private static bool IsGarbled(RpcException exception) =>
        exception.Status.DebugException is not null
        || exception.Status.Detail.StartsWith("Bad gRPC response", StringComparison.Ordinal)
        || exception.Status.Detail.StartsWith("Failed to deserialize", StringComparison.Ordinal);

    private static TimeSpan? RetryAfterOf(Metadata trailers)
    {
        if (long.TryParse(trailers.GetValue(Pushback), NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds < int.MaxValue)
        {
            return TimeSpan.FromMilliseconds(milliseconds);
        }

        return int.TryParse(trailers.GetValue(RetryAfter), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : null;
    }
}
