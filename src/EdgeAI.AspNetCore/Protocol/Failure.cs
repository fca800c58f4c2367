using EdgeAI.Inference;
using EdgeAI.Memory;
using EdgeAI.Models;
using EdgeAI.Sources;
using EdgeAI.Storage;
using EdgeAI.Trust;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace EdgeAI.AspNetCore.Protocol;

/// <summary>What a caller is told of an exception, over REST and over gRPC.</summary>
/// <param name="Status">The status over REST.</param>
/// <param name="Code">The status over gRPC.</param>
/// <param name="Message">What was wrong.</param>
internal sealed record Failure(int Status, StatusCode Code, string Message)
{
    private const int RetrySeconds = 1;

    /// <summary>What the caller of a request that took too long gets.</summary>
    public static Failure TooLate { get; } = new(StatusCodes.Status504GatewayTimeout, StatusCode.DeadlineExceeded, "The request was not done in the time that the server allows.");

    /// <summary>How many seconds to leave before another try; null when it would not help.</summary>
    public int? RetryAfterSeconds { get; private init; }

    /// <summary>Whether it is the server's own, and should be looked at there.</summary>
    public bool IsOwn => Status == StatusCodes.Status500InternalServerError;

    /// <summary>Whether an exception is the caller's own leaving.</summary>
    public static bool IsLeaving(Exception exception, CancellationToken aborted) => exception is OperationCanceledException && aborted.IsCancellationRequested;

    public static Failure Of(Exception exception) => exception switch
    {
        ProtocolException refused => new(refused.Status, refused.Code, refused.Message) { RetryAfterSeconds = refused.RetryAfterSeconds },
        BadHttpRequestException bad => new(bad.StatusCode, StatusCode.InvalidArgument, bad.Message),
        EdgeAIException known => OfOurs(known),
        EndOfStreamException => new(StatusCodes.Status400BadRequest, StatusCode.InvalidArgument, "The body ends before it should."),
        OperationCanceledException => TooLate,
        _ => new(StatusCodes.Status500InternalServerError, StatusCode.Internal, "The server failed; its log says why."),
    };

    private static Failure OfOurs(EdgeAIException exception) => exception switch
    {
        InvalidModelReferenceException or InvalidModelInputException or InferenceException or InvalidArchiveException or InvalidModelAddressException =>
            new(StatusCodes.Status400BadRequest, StatusCode.InvalidArgument, exception.Message),
        InvalidModelException or BatchingNotSupportedException => new(StatusCodes.Status422UnprocessableEntity, StatusCode.InvalidArgument, exception.Message),
        ModelNotFoundException or ModelFileNotFoundException or ModelSourceNotFoundException => new(StatusCodes.Status404NotFound, StatusCode.NotFound, exception.Message),
        ModelNotTrustedException or ModelAccessDeniedException or ModelSourceDeniedException => new(StatusCodes.Status403Forbidden, StatusCode.PermissionDenied, exception.Message),
        TagConflictException or ModelPinnedException => new(StatusCodes.Status409Conflict, StatusCode.FailedPrecondition, exception.Message),
        LoadShedException shed => new(StatusCodes.Status429TooManyRequests, StatusCode.ResourceExhausted, shed.Message) { RetryAfterSeconds = (int)Math.Ceiling(shed.RetryAfter.TotalSeconds) },
        RunDeadlineException => new(StatusCodes.Status504GatewayTimeout, StatusCode.DeadlineExceeded, exception.Message),
        MemoryBudgetExceededException or DeviceUnavailableException or ModelQuarantinedException or ClusterUnavailableException or ModelSourceUnavailableException
            or StorageTierUnavailableException or RemoteUnavailableException =>
            new(StatusCodes.Status503ServiceUnavailable, StatusCode.Unavailable, exception.Message) { RetryAfterSeconds = RetrySeconds },
        StorageFullException => new(StatusCodes.Status507InsufficientStorage, StatusCode.ResourceExhausted, exception.Message),
        _ => new(StatusCodes.Status500InternalServerError, StatusCode.Internal, exception.Message),
    };
}
