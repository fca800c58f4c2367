namespace EdgeAI.Samples.Web.Setup;

/// <summary>A file that a browser sends as a request's body. Kestrel's own limit holds: 30 MB.</summary>
internal static class SentFile
{
    public static async Task<MemoryStream> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var content = new MemoryStream();
        await request.Body.CopyToAsync(content, cancellationToken);
        content.Position = 0;
        return content;
    }

    /// <summary>Says what is wrong with it.</summary>
    public static Task RefuseAsync(HttpResponse response, SampleException reason, CancellationToken cancellationToken)
    {
        response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return response.WriteAsJsonAsync(new { error = reason.Message }, cancellationToken);
    }
}
