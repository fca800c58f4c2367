namespace EdgeAI.Samples.Voice;

/// <summary>Makes stretches of speech from the probabilities of frames, so that neither a click nor a short pause makes one.</summary>
internal sealed class SpeechSegmenter
{
    private static readonly TimeSpan FrameDuration = TimeSpan.FromSeconds((double)SpeechDetector.FrameLength / SpeechDetector.SampleRate);

    /// <summary>From which probability on speech begins.</summary>
    public float StartThreshold { get; init; } = 0.5f;

    /// <summary>Below which probability it may end.</summary>
    public float EndThreshold { get; init; } = 0.35f;

    /// <summary>How long it must be quiet for speech to end.</summary>
    public TimeSpan MinimumSilence { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Shorter speech is left out.</summary>
    public TimeSpan MinimumSpeech { get; init; } = TimeSpan.FromMilliseconds(250);

    public IEnumerable<SpeechSegment> Split(IReadOnlyList<float> probabilities)
    {
        var minimumFrames = (int)Math.Ceiling(MinimumSpeech / FrameDuration);
        foreach (var (start, end) in FindStretches(probabilities))
        {
            if (end - start >= minimumFrames)
            {
                yield return new SpeechSegment(start * FrameDuration, end * FrameDuration, probabilities.Skip(start).Take(end - start).Average());
            }
        }
    }

    // The end is open: it is the first quiet frame once that quiet has lasted, or the end of the recording.
    private IEnumerable<(int Start, int End)> FindStretches(IReadOnlyList<float> probabilities)
    {
        var silentFrames = (int)Math.Ceiling(MinimumSilence / FrameDuration);
        int? start = null;
        var end = 0;
        for (var i = 0; i < probabilities.Count; i++)
        {
            if (probabilities[i] >= (start is null ? StartThreshold : EndThreshold))
            {
                start ??= i;
                end = i + 1;
            }
            else if (start is { } begun && i - end + 1 >= silentFrames)
            {
                yield return (begun, end);
                start = null;
            }
        }

        if (start is { } last)
        {
            yield return (last, end);
        }
    }
}
