using System.Numerics;
using System.Text.Json;
using EdgeAI.Samples.Imaging;
using EdgeAI.Samples.Ocr;
using EdgeAI.Samples.Web.Setup;

namespace EdgeAI.Samples.Web.Reading;

/// <summary>POST /read: a picture comes in, and its lines go out, each a line of JSON as soon as it is read.</summary>
internal static class PictureEndpoint
{
    private static readonly byte[] NewLine = [(byte)'\n'];

    public static async Task ReadAsync(HttpContext context, PictureReader reader)
    {
        var cancellationToken = context.RequestAborted;
        using var body = await SentFile.ReadAsync(context.Request, cancellationToken);
        Picture picture;
        try
        {
            picture = Picture.Read(body, "What was sent");
        }
        catch (SampleException exception)
        {
            await SentFile.RefuseAsync(context.Response, exception, cancellationToken);
            return;
        }

        using (picture)
        {
            context.Response.ContentType = "application/x-ndjson";
            await WriteAsync(context.Response, new { width = picture.Width, height = picture.Height }, cancellationToken);
            await foreach (var line in reader.ReadAsync(picture, cancellationToken))
            {
                await WriteAsync(context.Response, Describe(line), cancellationToken);
            }
        }
    }

    private static object Describe(TextLine line) => new { text = line.Text, confidence = line.Confidence, corners = CornersOf(line).Select(corner => new[] { corner.X, corner.Y }) };

    private static Vector2[] CornersOf(TextLine line) => [line.Area.TopLeft, line.Area.TopRight, line.Area.BottomRight, line.Area.BottomLeft];

    private static async Task WriteAsync(HttpResponse response, object value, CancellationToken cancellationToken)
    {
        await JsonSerializer.SerializeAsync(response.Body, value, JsonSerializerOptions.Web, cancellationToken);
        await response.Body.WriteAsync(NewLine, cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
    }
}
