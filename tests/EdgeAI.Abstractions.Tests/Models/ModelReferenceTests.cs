using EdgeAI.Models;

namespace EdgeAI.Abstractions.Tests.Models;

public sealed class ModelReferenceTests
{
    private const string DigestText = "sha256:0000000000000000000000000000000000000000000000000000000000000001";

    public static TheoryData<string, string, string> ByTag => new()
    {
        { "demo", "demo", "latest" },
        { "demo:1", "demo", "1" },
        { "ocr/det:v4", "ocr/det", "v4" },
        { "Org/Team/Model_v1.2-rc.3:2026-01-31_a.b", "Org/Team/Model_v1.2-rc.3", "2026-01-31_a.b" },
        { "a/b/c/d/e/f/g/h:i", "a/b/c/d/e/f/g/h", "i" },
        { "_a:_b", "_a", "_b" },
        { "a..b:c..d", "a..b", "c..d" },
        { "rozpoznawanie-żółwi:ostateczny", "rozpoznawanie-żółwi", "ostateczny" },
        { "распознавание/текст:версия1", "распознавание/текст", "версия1" },
        { "文字認識/検出:第四版", "文字認識/検出", "第四版" },
        { "한국어:버전", "한국어", "버전" },
        { "مسح:٣", "مسح", "٣" },
        { "हिन्दी:संस्करण", "हिन्दी", "संस्करण" },
        { "ไทย/ที่:รุ่น", "ไทย/ที่", "รุ่น" },
        { "ελληνικά:β", "ελληνικά", "β" },
        { "𐐷𠮷:𝟗", "𐐷𠮷", "𝟗" },
    };

    public static TheoryData<string> Invalid =>
    [
        string.Empty, " ", ":", "/", "@", "a:", ":a", "a:b:c", "a::b", "/a", "a/", "a//b", "a/:b", "a:b/c",
        ".", "..", "../../x", "a/../b", "a/./b", ".hidden", "a/.hidden", "a:.b", "-a", "a/-b", "a:-b",
        "a\\b", "..\\x", "C:\\x", "C:/x", "a b", " a", "a ", "a:b ", "a\tb", "a\nb", "a\rb", "a\0b", "a\u007fb", "a\u0085b", "a\u200bb", "a\u202eb", "a\ufeffb",
        "a%2fb", "%2e%2e", "a?b", "a*b", "a|b", "a<b", "a>b", "a\"b", "a'b", "a$b", "a`b", "a;b", "a&b", "a#b", "a+b", "a=b", "a,b", "a~b", "~", "a!b", "a(b)", "a[b]", "a{b}",
        "🙂", "a🙂", "a\ufffdb", "a/b/c/d/e/f/g/h/i",
        "a@", "a@b", "a@sha256:12", "@" + DigestText, "a:b@" + DigestText, "a@" + DigestText + "0", "a@@" + DigestText, "../a@" + DigestText,
    ];

    [Theory]
    [MemberData(nameof(ByTag))]
    public void Parse_NameAndTag_OfAnyScript(string text, string name, string tag)
    {
        var reference = ModelReference.Parse(text);

        Assert.Equal((name, tag), (reference.Name, reference.Tag));
        Assert.Null(reference.Digest);
        Assert.Equal($"{name}:{tag}", reference.ToString());
        Assert.Equal(reference, ModelReference.Parse(reference.ToString()));
    }

    [Fact]
    public void Parse_NameAndDigest_IsOneVersion()
    {
        var reference = ModelReference.Parse("ocr/det@" + DigestText);

        Assert.Equal("ocr/det", reference.Name);
        Assert.Null(reference.Tag);
        Assert.Equal(Digest.Parse(DigestText), reference.Digest);
        Assert.Equal("ocr/det@" + DigestText, reference.ToString());
    }

    [Theory]
    [MemberData(nameof(Invalid))]
    public void Parse_AnythingElse_IsRefusedWithTheTextAndAWayOut(string text)
    {
        var exception = Assert.Throws<InvalidModelReferenceException>(() => ModelReference.Parse(text));

        Assert.Equal(text, exception.Text);
        Assert.Contains($"'{text}'", exception.Message, StringComparison.Ordinal);
        Assert.Contains("'name:tag'", exception.Message, StringComparison.Ordinal);
        Assert.False(ModelReference.TryParse(text, null, out var reference));
        Assert.Null(reference);
    }

    // Not among the theory's data: a test's name is UTF-8, which has no such characters.
    [Fact]
    public void Parse_LoneSurrogates_AreRefused()
    {
        Assert.Throws<InvalidModelReferenceException>(() => ModelReference.Parse("a\ud800"));
        Assert.Throws<InvalidModelReferenceException>(() => ModelReference.Parse("\udc00a:b"));
        Assert.Throws<InvalidModelReferenceException>(() => ModelReference.Parse("a:\udc00\ud800"));
    }

    [Fact]
    public void Parse_SegmentsOf128Characters_AreTheLongest()
    {
        var longest = new string('n', 128);

        Assert.Equal(longest, ModelReference.Parse($"{longest}:{longest}").Tag);
        Assert.Throws<InvalidModelReferenceException>(() => ModelReference.Parse(longest + "n"));
        Assert.Throws<InvalidModelReferenceException>(() => ModelReference.Parse($"a:{longest}n"));
        Assert.Throws<InvalidModelReferenceException>(() => ModelReference.Parse(new string('n', 1_000_000)));
    }

    [Fact]
    public void Parse_TwoWaysOfTypingALetter_AreOneName()
    {
        ModelReference composed = "caf\u00e9:\u00e5";
        ModelReference decomposed = "cafe\u0301:a\u030a";

        Assert.Equal(composed, decomposed);
        Assert.Equal("caf\u00e9", decomposed.Name);
        Assert.Equal(ModelReference.Parse("\ud55c"), ModelReference.Parse("\u1112\u1161\u11ab"));
        Assert.Equal(ModelReference.Parse("\u00c5"), ModelReference.Parse("\u212b"));
    }

    [Fact]
    public void Equality_OfReferences_IsByTextAndCase()
    {
        ModelReference? none = null;

        Assert.True(ModelReference.Parse("a:1") == "a:1");
        Assert.True(ModelReference.Parse("a:1") != "A:1");
        Assert.True(ModelReference.Parse("a") == "a:latest");
        Assert.True(none == null);
        Assert.False(none == "a");
        Assert.False(ModelReference.Parse("a").Equals((object)"a"));
        Assert.Equal(ModelReference.Parse("a").GetHashCode(), ModelReference.Parse("a:latest").GetHashCode());
    }

    [Fact]
    public void At_Digest_KeepsTheName() =>
        Assert.Equal("ocr/det@" + DigestText, ModelReference.Parse("ocr/det:v4").At(Digest.Parse(DigestText)).ToString());

    [Fact]
    public void Parse_Null_IsRefused()
    {
        Assert.Throws<ArgumentNullException>(() => ModelReference.Parse(null!));
        Assert.False(ModelReference.TryParse(null, null, out _));
    }
}
