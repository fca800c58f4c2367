namespace EdgeAI.Samples.Voice;

/// <summary>Sound in one channel.</summary>
/// <param name="Samples">The samples, from -1 to 1.</param>
/// <param name="SampleRate">How many of them are a second.</param>
internal sealed record Recording(float[] Samples, int SampleRate)
{
    public TimeSpan Duration => TimeSpan.FromSeconds((double)Samples.Length / SampleRate);
}
