using System.Text;
using EdgeAI.Models;

namespace EdgeAI.Storage.Tests.Models;

/// <summary>Names in an app with InvariantGlobalization, which this test project is and the tests of the abstractions are not.</summary>
public sealed class InvariantModelReferenceTests
{
    [Fact]
    public void Normalize_InThisProject_DoesNothing() => Assert.True("e\u0301".IsNormalized(NormalizationForm.FormC));

    [Theory]
    [InlineData("cafe\u0301")]
    [InlineData("a:cafe\u0301")]
    [InlineData("\u1112\u1161\u11ab")]
    [InlineData("\u304b\u3099")]
    public void Parse_LetterTypedInParts_IsRefusedWithAWayOut(string text)
    {
        var exception = Assert.Throws<InvalidModelReferenceException>(() => ModelReference.Parse(text));

        Assert.Contains("as one character", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("café:żółw")]
    [InlineData("한국어:が")]
    [InlineData("हिन्दी:ที่")]
    public void Parse_ComposedLetters_AreANameAsEverywhere(string text) => Assert.Equal(text, ModelReference.Parse(text).ToString());

    [Fact]
    public void Parse_LoneSurrogates_AreRefused() => Assert.Throws<InvalidModelReferenceException>(() => ModelReference.Parse("a\ud800"));
}
