namespace EdgeAI.Samples.Voice;

/// <summary>A stretch of speech.</summary>
/// <param name="Start">Where it begins.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Probability">The mean probability of speech from the start to the end.</param>
internal readonly record struct SpeechSegment(TimeSpan Start, TimeSpan End, float Probability)
{
    public TimeSpan Duration => End - Start;
}
