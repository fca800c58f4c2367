using EdgeAI.Storage.Chunking;
using EdgeAI.Testing.Catalogue;

namespace EdgeAI.Storage.Tests.Chunking;

public sealed class ContentCutterTests
{
    private static readonly int[] KnownLengths = [73_389, 66_754, 77_661, 125_045, 57_151];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(ContentCutter.MinLength)]
    public void FindCut_NoMoreThanTheShortestChunk_IsOneChunk(int length) =>
        Assert.Equal(length, ContentCutter.FindCut(SeededRandom.Bytes(1, length)));

    [Fact]
    public void FindCut_ContentWithoutMarks_CutsAtTheLongest() =>
        Assert.Equal(ContentCutter.MaxLength, ContentCutter.FindCut(new byte[2 * ContentCutter.MaxLength]));

    [Fact]
    public void FindCut_Noise_CutsWithinTheBoundsAndAboutTheAverage()
    {
        var lengths = Lengths(SeededRandom.Bytes(2, 32 << 20));

        Assert.All(lengths[..^1], length => Assert.InRange(length, ContentCutter.MinLength, ContentCutter.MaxLength));
        Assert.InRange(lengths.Average(), ContentCutter.AverageLength * 0.8, ContentCutter.AverageLength * 1.4);
    }

    // Where stored content was cut must stay: another table would store all of it anew.
    [Fact]
    public void FindCut_KnownNoise_CutsWhereItAlwaysDid() =>
        Assert.Equal(KnownLengths, Lengths(SeededRandom.Bytes(3, 400_000)));

    private static int[] Lengths(byte[] content)
    {
        var lengths = new List<int>();
        for (var start = 0; start < content.Length; start += lengths[^1])
        {
            lengths.Add(ContentCutter.FindCut(content.AsSpan(start)));
        }

        return [.. lengths];
    }
}
