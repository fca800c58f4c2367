using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Xml;
using Amazon.Runtime;
using Amazon.S3;
using EdgeAI.Telemetry;
using Microsoft.Extensions.Logging;

namespace EdgeAI.Storage.S3;

/// <summary>Sends requests to the endpoint that is well, and again after a passing failure, to the next one where there is one. Thread-safe.</summary>
internal sealed partial class S3Requests(string name, S3Endpoint[] endpoints, S3ClusterOptions options, TimeProvider time, ILogger logger) : IDisposable
{
    private static readonly ActivitySource Activities = new(EdgeAITelemetry.ActivitySourceName);
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    // The last four say that the request was damaged on its way.
    private static readonly HashSet<string?> Passing = [null, string.Empty, "RequestTimeout", "SlowDown", "InternalError", "RequestTimeTooSkewed", "BadDigest", "IncompleteBody", "XAmzContentSHA256Mismatch", "InvalidDigest"];

    /// <summary>Sends a request.</summary>
    /// <param name="action">What it is for, such as <c>read 'packs/…'</c>.</param>
    /// <param name="send">Sends it by a client; called once for each try.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="AmazonS3Exception">The cluster answered with a refusal that another try won't change.</exception>
    /// <exception cref="S3ClusterException">No try reached the cluster, or it was not well in any.</exception>
    public async Task<T> SendAsync<T>(string action, Func<IAmazonS3, CancellationToken, Task<T>> send, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var endpoint = Choose();
            try
            {
                var result = await SendAsync(endpoint, send, cancellationToken).ConfigureAwait(false);
                endpoint.Health.NoteSuccess();
                return result;
            }
            catch (Exception exception) when (IsPassing(exception, cancellationToken))
            {
                endpoint.Health.NoteFailure();
                LogFailed(logger, name, endpoint.Address, action, Describe(exception));
                if (attempt >= options.MaxRetries)
                {
                    throw new S3ClusterException(name, endpoint.Address, action, Describe(exception), exception);
                }
            }
            catch (AmazonS3Exception)
            {
                // It is well: it has answered.
                endpoint.Health.NoteSuccess();
                throw;
            }

            await WaitAsync(attempt, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The exception for an answer that another try won't change.</summary>
    public static S3ClusterException Refused(string cluster, S3ClusterOptions options, string action, AmazonS3Exception exception) => new(
        cluster, $"bucket '{options.Bucket}'", action, $"it answered {Describe(exception)}", exception);

    public void Dispose() => Array.ForEach(endpoints, endpoint => endpoint.Dispose());

    private async Task<T> SendAsync<T>(S3Endpoint endpoint, Func<IAmazonS3, CancellationToken, Task<T>> send, CancellationToken cancellationToken)
    {
        using var activity = Activities.StartActivity(TelemetryActivities.S3Request, ActivityKind.Client);
        activity?.SetTag(TelemetryTags.Cluster, name);
        using var limit = new CancellationTokenSource(options.RequestTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await send(endpoint.Client, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"it took more than {options.RequestTimeout}");
        }
        catch (OperationCanceledException exception) when (cancellationToken.IsCancellationRequested && exception.CancellationToken != cancellationToken)
        {
            throw new OperationCanceledException(exception.Message, exception, cancellationToken);
        }
    }

    // In their order, those that are well; when none is, the one that comes first to be asked again.
    private S3Endpoint Choose() => Array.Find(endpoints, endpoint => endpoint.Health.TryTake()) ?? endpoints.MinBy(endpoint => endpoint.Health.Rest)!;

    // Another endpoint is asked at once; the only one is given time.
    private Task WaitAsync(int attempt, CancellationToken cancellationToken)
    {
        if (attempt < endpoints.Length - 1)
        {
            return Task.CompletedTask;
        }

        var doubled = TimeSpan.FromTicks(Math.Min(LongestWait.Ticks, FirstWait.Ticks << Math.Min(attempt, 10)));
        return Task.Delay(doubled * (0.5 + (RandomNumberGenerator.GetInt32(1000) / 1000.0)), time, cancellationToken);
    }

    private static bool IsPassing(Exception exception, CancellationToken cancellationToken) => !cancellationToken.IsCancellationRequested && exception switch
    {
        AmazonS3Exception answer => answer.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout || (int)answer.StatusCode >= 500
            || Passing.Contains(answer.ErrorCode) || S3Answers.IsPage(answer),
        TimeoutException or HttpRequestException or IOException or SocketException or AmazonClientException or OperationCanceledException => true,

        // What can't be read as an answer: the SDK throws what its parsers do, for a tag that is none too.
        S3AnswerException or AmazonServiceException or XmlException or FormatException or OverflowException or ArgumentException => true,
        _ => false,
    };

    // The SDK's messages hold no keys; those of its inner layers may hold signed addresses, and are left out.
    private static string Describe(Exception exception) => exception switch
    {
        AmazonS3Exception answer => $"{(int)answer.StatusCode} {answer.ErrorCode}",
        HttpRequestException { HttpRequestError: var error } when error != HttpRequestError.Unknown => error.ToString(),
        TimeoutException or S3AnswerException => exception.Message,
        _ => (exception.InnerException ?? exception).GetType().Name,
    };

    [LoggerMessage(1, LogLevel.Warning, "The cluster {Cluster} failed at {Endpoint} to {Action}: {Reason}.")]
    private static partial void LogFailed(ILogger logger, string cluster, string endpoint, string action, string reason);
}
