namespace EdgeAI.AspNetCore.Tests.Nodes;

/// <summary>The road to a node: counts what is asked for, and spoils answers from one on.</summary>
internal sealed class FaultyRoad(string? fault = null, int goodAnswers = 0) : DelegatingHandler(new SocketsHttpHandler())
{
    private int _asked;

    /// <summary>How many answers were asked for.</summary>
    public int Asked => Volatile.Read(ref _asked);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _asked) <= goodAnswers || fault is null)
        {
            return await base.SendAsync(request, cancellationToken);
        }

        if (fault == "silent")
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }

        if (fault == "gone")
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, "The connection was refused.");
        }

        var response = await base.SendAsync(request, cancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        switch (fault)
        {
            case "dropped":
                response.StatusCode = System.Net.HttpStatusCode.NotFound;
                break;
            case "wrong":
                body[body.Length / 2] ^= 1;
                break;
            case "short":
                body = body[..(body.Length / 2)];
                break;
            case "cut off":
                var length = body.Length;
                response.Content = new StreamContent(new MemoryStream(body[..(length / 2)])) { Headers = { ContentLength = length } };
                return response;
        }

        response.Content = new ByteArrayContent(body);
        return response;
    }
}
