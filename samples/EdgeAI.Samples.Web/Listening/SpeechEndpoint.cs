using EdgeAI.Samples.Voice;
using EdgeAI.Samples.Web.Setup;

namespace EdgeAI.Samples.Web.Listening;

/// <summary>POST /listen: a WAV file comes in; out go the probability of speech in each frame, and the stretches of speech.</summary>
internal static class SpeechEndpoint
{
    public static async Task ListenAsync(HttpContext context, SpeechListener listener)
    {
        var cancellationToken = context.RequestAborted;
        using var body = await SentFile.ReadAsync(context.Request, cancellationToken);
        try
        {
            var recording = WavReader.Read(body, "What was sent");
            var probabilities = await listener.ListenAsync(recording, cancellationToken);
            var segments = new SpeechSegmenter().Split(probabilities)
                .Select(segment => new { start = segment.Start.TotalSeconds, end = segment.End.TotalSeconds, probability = segment.Probability });
            await context.Response.WriteAsJsonAsync(new { duration = recording.Duration.TotalSeconds, probabilities, segments }, cancellationToken);
        }
        catch (SampleException exception)
        {
            await SentFile.RefuseAsync(context.Response, exception, cancellationToken);
        }
    }
}
