using System.Text.Json;
using EdgeAI.AspNetCore.Configuration;
using EdgeAI.AspNetCore.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EdgeAI.AspNetCore.Rest;

/// <summary>Answers requests in their time, and failures in the protocol's words.</summary>
internal sealed partial class RestHandler(ServingLimits limits, TimeProvider time, ILogger<RestHandler> logger)
{
    /// <summary>Makes an endpoint of what answers a request.</summary>
    /// <param name="answer">Answers it, until its token is cancelled.</param>
    /// <param name="isLong">Whether it may take as long as its caller stays: files that come or go.</param>
    public RequestDelegate Handle(Func<HttpContext, CancellationToken, Task> answer, bool isLong = false) => context => AnswerAsync(context, answer, isLong);

    /// <summary>Writes an error.</summary>
    public static async Task WriteErrorAsync(HttpContext context, Failure failure, Action? setHeaders = null)
    {
        var response = context.Response;
        response.Clear();
        response.StatusCode = failure.Status;
        response.ContentType = "application/json";
        if (failure.Status == StatusCodes.Status413PayloadTooLarge && !HttpProtocol.IsHttp2(context.Request.Protocol) && !HttpProtocol.IsHttp3(context.Request.Protocol))
        {
            // What is too large is not read to its end, so that the connection is of no more use; a caller that does not know it would send its next request there.
            response.Headers.Connection = "close";
        }

        setHeaders?.Invoke();
        if (failure.RetryAfterSeconds is { } seconds)
        {
            response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        var buffer = JsonBuffer.Take();
        buffer.Writer.WriteStartObject();
        buffer.Writer.WriteString("error"u8, failure.Message);
        buffer.Writer.WriteEndObject();
        var json = buffer.Flush();
        response.ContentLength = json.Length;
        await response.BodyWriter.WriteAsync(json, context.RequestAborted).ConfigureAwait(false);
        buffer.Return();
    }

    /// <summary>Writes JSON.</summary>
    public static async Task WriteJsonAsync(HttpContext context, Action<Utf8JsonWriter> write, CancellationToken cancellationToken)
    {
        var buffer = JsonBuffer.Take();
        write(buffer.Writer);
        var json = buffer.Flush();
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = json.Length;
        await context.Response.BodyWriter.WriteAsync(json, cancellationToken).ConfigureAwait(false);
        buffer.Return();
    }

    private async Task AnswerAsync(HttpContext context, Func<HttpContext, CancellationToken, Task> answer, bool isLong)
    {
        using var late = new CancellationTokenSource(isLong ? Timeout.InfiniteTimeSpan : limits.RequestTimeout, time);
        using var leaving = context.RequestAborted.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), late);
        try
        {
            await answer(context, late.Token).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            await FailAsync(context, exception).ConfigureAwait(false);
        }
    }

    private async Task FailAsync(HttpContext context, Exception exception)
    {
        if (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        var failure = Failure.Of(exception);
        if (failure.IsOwn)
        {
            LogFailed(logger, exception, context.Request.Path);
        }

        if (context.Response.HasStarted)
        {
            // What is sent can't be taken back; the caller sees that it is not whole.
            LogCutOff(logger, exception, context.Request.Path);
            context.Abort();
            return;
        }

        await WriteErrorAsync(context, failure).ConfigureAwait(false);
    }

    [LoggerMessage(1, LogLevel.Error, "The request for {Path} failed.")]
    private static partial void LogFailed(ILogger logger, Exception exception, string path);

    [LoggerMessage(2, LogLevel.Warning, "The answer to the request for {Path} was cut off.")]
    private static partial void LogCutOff(ILogger logger, Exception exception, string path);
}
