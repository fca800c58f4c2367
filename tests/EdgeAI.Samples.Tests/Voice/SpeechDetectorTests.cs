using EdgeAI.Inference;
using EdgeAI.Samples.Voice;

namespace EdgeAI.Samples.Tests.Voice;

public sealed class SpeechDetectorTests(SampleModels sample)
{
    [Fact]
    public async Task Detect_SampleRecording_FindsTheThreeSentences()
    {
        var probabilities = await DetectAsync(WavReader.Read(SampleProject.Recording).Samples);

        // Where the sound is, by its energy: 0.80 to 2.56, 3.94 to 5.36 and 6.76 to 8.14 s.
        var segments = new SpeechSegmenter().Split(probabilities).ToList();
        Assert.Equal(3, segments.Count);
        AssertSegment(segments[0], 0.80, 2.56);
        AssertSegment(segments[1], 3.94, 5.36);
        AssertSegment(segments[2], 6.76, 8.14);
    }

    [Fact]
    public async Task Detect_Silence_FindsNothing() =>
        Assert.All(await DetectAsync(new float[SpeechDetector.SampleRate]), probability => Assert.InRange(probability, 0, 0.2f));

    [Fact]
    public async Task Detect_SameSoundAgain_GivesTheSameProbabilities()
    {
        var samples = WavReader.Read(SampleProject.Recording).Samples[..(2 * SpeechDetector.SampleRate)];

        Assert.Equal(await DetectAsync(samples), await DetectAsync(samples));
    }

    private static void AssertSegment(SpeechSegment segment, double start, double end)
    {
        Assert.Equal(start, segment.Start.TotalSeconds, 0.15);
        Assert.Equal(end, segment.End.TotalSeconds, 0.15);
        Assert.InRange(segment.Probability, 0.9f, 1f);
    }

    private async Task<List<float>> DetectAsync(float[] samples)
    {
        await using var model = await sample.Edge.Engine.LoadAsync(SpeechDetector.Model, TestContext.Current.CancellationToken);
        return Detect(model, samples);
    }

    private static List<float> Detect(IModelLease model, float[] samples)
    {
        using var detector = new SpeechDetector(model);
        return [.. samples.Chunk(SpeechDetector.FrameLength).Select(frame => detector.Detect(frame, TestContext.Current.CancellationToken))];
    }
}
