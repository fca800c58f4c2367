using EdgeAI.Storage.Codecs;

namespace EdgeAI.Storage.Tests.Codecs;

public sealed class CodecSelfTestTests
{
    [Theory]
    [InlineData(PlaneCodec.Id, CodecSelfTest.PlaneGolden)]
    [InlineData(DeltaCodec.Id, CodecSelfTest.DeltaGolden)]
    public void TryRun_EachCodec_WritesWhatItAlwaysWrote(byte codec, ulong golden) => Assert.Equal(golden, CodecSelfTest.TryRun(codec));

    [Fact]
    public void TryRun_UnknownCodec_Fails() => Assert.Null(CodecSelfTest.TryRun(250));

    [Fact]
    public void FindFailed_AllAsTheyShouldBe_FindsNone() => Assert.Null(CodecSelfTest.FindFailed(CodecSelfTest.TryRun));

    [Theory]
    [InlineData(PlaneCodec.Id)]
    [InlineData(DeltaCodec.Id)]
    [InlineData(PrefixCodec.Id)]
    public void FindFailed_ACodecThatWritesOtherBytesOrReadsThemWrong_IsNamed(byte broken)
    {
        Assert.Equal((broken, (byte)1), CodecSelfTest.FindFailed(codec => codec == broken ? null : CodecSelfTest.TryRun(codec)));
        Assert.Equal(broken == PrefixCodec.Id ? null : (broken, (byte)1), CodecSelfTest.FindFailed(codec => codec == broken ? 77 : CodecSelfTest.TryRun(codec)));
    }

    [Fact]
    public void CodecFailedException_NamesTheCodec() => Assert.Contains("Codec 3, version 1", new CodecFailedException(3, 1).Message, StringComparison.Ordinal);
}
