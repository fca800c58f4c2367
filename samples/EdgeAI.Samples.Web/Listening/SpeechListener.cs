using EdgeAI.Inference;
using EdgeAI.Samples.Voice;

namespace EdgeAI.Samples.Web.Listening;

/// <summary>Says of each frame of a recording how likely it is speech. The model is loaded with the first one; the engine keeps it for the next.</summary>
internal sealed class SpeechListener(IInferenceEngine engine)
{
    public async Task<IReadOnlyList<float>> ListenAsync(Recording recording, CancellationToken cancellationToken)
    {
        await using var model = await engine.LoadAsync(SpeechDetector.Model, cancellationToken);
        using var detector = new SpeechDetector(model);
        return [.. detector.DetectAll(Resampler.Resample(recording, SpeechDetector.SampleRate), cancellationToken)];
    }
}
