namespace EdgeAI.Storage.S3;

/// <summary>
/// Brings every answer whole before the SDK reads it, but an object's content, which its reader reads. The SDK parses answers on a thread that waits for the next byte for as long as there is a connection: one that
/// stands still would hold it forever.
/// </summary>
internal sealed class S3AnswerHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    // A page of a list, with a thousand long keys, is the longest.
    private const long MaxAnswer = 16 << 20;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        try
        {
            if (request.Method != HttpMethod.Head && !IsContent(request, response))
            {
                await response.Content.LoadIntoBufferAsync(MaxAnswer, cancellationToken).ConfigureAwait(false);
            }

            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    // Whatever else is asked for by GET says so in the query.
    private static bool IsContent(HttpRequestMessage request, HttpResponseMessage response) =>
        request.Method == HttpMethod.Get && response.IsSuccessStatusCode && request.RequestUri!.Query.Length == 0;
}
