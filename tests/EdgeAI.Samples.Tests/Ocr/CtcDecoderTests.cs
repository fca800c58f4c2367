using EdgeAI.Samples.Ocr;

namespace EdgeAI.Samples.Tests.Ocr;

public sealed class CtcDecoderTests
{
    private const int Blank = 0;
    private const int A = 1;
    private const int B = 2;
    private const int Space = 3;

    private readonly CtcDecoder _decoder = new(CharacterSet.FromKeys(["a", "b"]));

    [Fact]
    public void Decode_RepetitionsAndBlanks_AreLeftOut()
    {
        var (text, _) = Decode((A, 0.9f), (A, 0.9f), (Blank, 0.9f), (A, 0.9f), (B, 0.9f), (B, 0.9f), (Blank, 0.9f));

        Assert.Equal("aab", text);
    }

    [Fact]
    public void Decode_LastClass_IsTheSpace() =>
        Assert.Equal("a b", Decode((A, 0.9f), (Space, 0.9f), (B, 0.9f)).Text);

    [Fact]
    public void Decode_Confidence_IsTheMeanOverCharactersOnly()
    {
        var (_, confidence) = Decode((Blank, 0.99f), (A, 0.8f), (A, 0.5f), (Blank, 0.99f), (B, 0.6f));

        Assert.Equal(0.7f, confidence, 0.0001f);
    }

    [Fact]
    public void Decode_OnlyBlanks_IsEmptyWithoutConfidence() =>
        Assert.Equal(new RecognizedText("", 0), Decode((Blank, 0.9f), (Blank, 0.8f)));

    private RecognizedText Decode(params (int Class, float Probability)[] steps)
    {
        var probabilities = new float[steps.Length * 4];
        for (var i = 0; i < steps.Length; i++)
        {
            probabilities[(i * 4) + steps[i].Class] = steps[i].Probability;
        }

        return _decoder.Decode(probabilities);
    }
}
