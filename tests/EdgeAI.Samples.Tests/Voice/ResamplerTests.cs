using EdgeAI.Samples.Voice;

namespace EdgeAI.Samples.Tests.Voice;

public sealed class ResamplerTests
{
    private const int Margin = 200;

    [Theory]
    [InlineData(44_100, 16_000)]
    [InlineData(48_000, 16_000)]
    [InlineData(8_000, 16_000)]
    public void Resample_ToneThatBothRatesCarry_IsTheSameTone(int from, int to)
    {
        var resampled = Resampler.Resample(Tone(440, from), to);

        Assert.Equal(to, resampled.SampleRate);
        Assert.Equal(to, resampled.Samples.Length);
        Assert.All(Middle(Difference(resampled, Tone(440, to))), difference => Assert.InRange(difference, -0.01f, 0.01f));
    }

    [Fact]
    public void Resample_ToneThatTheLowerRateCannotCarry_IsGone()
    {
        var resampled = Resampler.Resample(Tone(12_000, 48_000), 16_000);

        Assert.All(Middle(resampled.Samples), sample => Assert.InRange(sample, -0.02f, 0.02f));
    }

    [Fact]
    public void Resample_SameRate_IsTheSameRecording()
    {
        var recording = Tone(440, 16_000);

        Assert.Same(recording, Resampler.Resample(recording, 16_000));
    }

    private static Recording Tone(double frequency, int rate) =>
        new([.. Enumerable.Range(0, rate).Select(i => (float)Math.Sin(2 * Math.PI * frequency * i / rate))], rate);

    private static IEnumerable<float> Difference(Recording a, Recording b) => a.Samples.Zip(b.Samples, (x, y) => x - y);

    // At both ends there is sound on one side only.
    private static IEnumerable<float> Middle(IEnumerable<float> samples) => samples.Skip(Margin).SkipLast(Margin);
}
