using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace EdgeAI.AspNetCore.Protocol;

/// <summary>A request that is not served, and what its caller is told.</summary>
internal sealed class ProtocolException(int status, StatusCode code, string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>The status over REST.</summary>
    public int Status => status;

    /// <summary>The status over gRPC.</summary>
    public StatusCode Code => code;

    /// <summary>How many seconds the caller should leave before it tries again; null when that would not help.</summary>
    public int? RetryAfterSeconds { get; init; }

    public static ProtocolException Malformed(string message) => new(StatusCodes.Status400BadRequest, StatusCode.InvalidArgument, message);

    public static ProtocolException TooLarge(string message) => new(StatusCodes.Status413PayloadTooLarge, StatusCode.InvalidArgument, message);

    public static ProtocolException NotFound(string message) => new(StatusCodes.Status404NotFound, StatusCode.NotFound, message);

    public static ProtocolException Busy() => new(
        StatusCodes.Status429TooManyRequests, StatusCode.ResourceExhausted, "The queue is full; try again in a moment.")
    { RetryAfterSeconds = 1 };
}
