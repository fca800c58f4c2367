using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace EdgeAI.Storage.Tests.Sources;

/// <summary>A file on a web server, and what goes wrong with it.</summary>
internal sealed class WebFile(byte[] content)
{
    private const int Part = 1 << 14;

    /// <summary>What comes before the next answers, each used once; null stands for nothing.</summary>
    public ConcurrentQueue<Func<HttpContext, Task>?> Faults { get; } = [];

    public byte[] Content { get; set; } = content;

    public string? Etag { get; set; } = "\"one\"";

    public bool HasRanges { get; set; } = true;

    public bool SaysLength { get; set; } = true;

    /// <summary>An answer that breaks off after some bytes of the body.</summary>
    public void BreakAfter(int bytes) => Faults.Enqueue(context => SendAsync(context, bytes));

    /// <summary>An answer that stands still after some bytes of the body, until the client goes.</summary>
    public void StallAfter(int bytes) => Faults.Enqueue(async context =>
    {
        await SendAsync(context, bytes, breaks: false);
        await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
    });

    /// <summary>An answer without a body.</summary>
    public void Refuse(int status, string? retryAfter = null) => Faults.Enqueue(context =>
    {
        context.Response.StatusCode = status;
        context.Response.Headers.RetryAfter = retryAfter;
        return Task.CompletedTask;
    });

    public Task AnswerAsync(HttpContext context) => Faults.TryDequeue(out var fault) && fault is not null ? fault(context) : SendAsync(context, int.MaxValue);

    private async Task SendAsync(HttpContext context, int most, bool breaks = true)
    {
        var (request, response) = (context.Request, context.Response);
        var from = 0;
        if (HasRanges && request.Headers.Range.ToString() is { Length: > 0 } range && (request.Headers.IfRange.Count == 0 || request.Headers.IfRange == Etag))
        {
            from = int.Parse(range["bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture);
            if (from >= Content.Length)
            {
                response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
                return;
            }

            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = $"bytes {from}-{Content.Length - 1}/{Content.Length}";
        }

        response.Headers.ETag = Etag;
        response.ContentLength = SaysLength ? Content.Length - from : null;
        var end = (int)Math.Min(Content.Length, (long)from + most);
        for (var place = from; place < end; place += Part)
        {
            await response.Body.WriteAsync(Content.AsMemory(place, Math.Min(Part, end - place)), context.RequestAborted);
        }

        await response.Body.FlushAsync(context.RequestAborted);
        if (breaks && end < Content.Length)
        {
            context.Abort();
        }
    }
}
