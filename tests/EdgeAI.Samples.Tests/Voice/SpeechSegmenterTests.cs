using EdgeAI.Samples.Voice;

namespace EdgeAI.Samples.Tests.Voice;

public sealed class SpeechSegmenterTests
{
    private const double Frame = 0.032;

    private readonly SpeechSegmenter _segmenter = new();

    [Fact]
    public void Split_SpeechBetweenSilence_GivesItsFramesAndMean()
    {
        var segment = Assert.Single(_segmenter.Split([.. Frames(0.01f, 10), .. Frames(0.9f, 20), .. Frames(0.01f, 10)]));

        Assert.Equal(10 * Frame, segment.Start.TotalSeconds, 6);
        Assert.Equal(30 * Frame, segment.End.TotalSeconds, 6);
        Assert.Equal(0.9f, segment.Probability, 0.001f);
    }

    [Fact]
    public void Split_ShortPause_IsBridged() =>
        Assert.Single(_segmenter.Split([.. Frames(0.9f, 20), .. Frames(0.1f, 6), .. Frames(0.9f, 20)]));

    [Fact]
    public void Split_LongPause_Divides() =>
        Assert.Equal(2, _segmenter.Split([.. Frames(0.9f, 20), .. Frames(0.1f, 7), .. Frames(0.9f, 20)]).Count());

    [Fact]
    public void Split_Click_IsLeftOut() =>
        Assert.Empty(_segmenter.Split([.. Frames(0.1f, 10), .. Frames(0.9f, 5), .. Frames(0.1f, 10)]));

    [Fact]
    public void Split_ProbabilityBetweenTheThresholds_GoesOnButDoesNotBegin()
    {
        Assert.Empty(_segmenter.Split([.. Frames(0.4f, 50)]));

        var segment = Assert.Single(_segmenter.Split([.. Frames(0.9f, 10), .. Frames(0.4f, 30), .. Frames(0.1f, 10)]));
        Assert.Equal(40 * Frame, segment.End.TotalSeconds, 6);
    }

    [Fact]
    public void Split_SpeechToTheEnd_EndsThere() =>
        Assert.Equal(20 * Frame, Assert.Single(_segmenter.Split([.. Frames(0.9f, 20)])).End.TotalSeconds, 6);

    private static IEnumerable<float> Frames(float probability, int count) => Enumerable.Repeat(probability, count);
}
