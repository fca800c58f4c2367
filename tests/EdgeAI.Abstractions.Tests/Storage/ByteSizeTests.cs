using EdgeAI.Storage;

namespace EdgeAI.Abstractions.Tests.Storage;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("64GB", 64_000_000_000, "64GB")]
    [InlineData("1.5 TiB", 1_649_267_441_664, "1649267441.664kB")]
    [InlineData("200MB", 200_000_000, "200MB")]
    [InlineData("1kB", 1000, "1kB")]
    [InlineData("0.001kB", 1, "0.001kB")]
    [InlineData("2.5MiB", 2_621_440, "2621.44kB")]
    [InlineData("1500MB", 1_500_000_000, "1.5GB")]
    [InlineData("1000000TB", 1_000_000_000_000_000_000, "1000000TB")]
    public void Parse_Sizes_ReadsAndWritesThem(string text, long bytes, string written)
    {
        Assert.Equal(bytes, ByteSize.Parse(text).Bytes);
        Assert.Equal(written, new ByteSize(bytes).ToString());
        Assert.Equal(bytes, ByteSize.Parse(written).Bytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("64")]
    [InlineData("64gb")]
    [InlineData("64 Gb")]
    [InlineData("-1GB")]
    [InlineData("0GB")]
    [InlineData("1e3GB")]
    [InlineData("1,5GB")]
    [InlineData("1000001TB")]
    [InlineData("99999999999999999TB")]
    [InlineData(null)]
    public void TryParse_SomethingElse_SaysSo(string? text)
    {
        Assert.False(ByteSize.TryParse(text, null, out _));
        if (text is not null)
        {
            Assert.Contains("write a number and a unit", Assert.Throws<FormatException>(() => ByteSize.Parse(text)).Message, StringComparison.Ordinal);
        }
    }
}
