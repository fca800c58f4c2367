using EdgeAI.Transfers;

namespace EdgeAI.Storage.Tests.Transfers;

public sealed class TransferRateTests
{
    [Theory]
    [InlineData("20Mbps", 2_500_000)]
    [InlineData("20 Mbps", 2_500_000)]
    [InlineData("0.5Gbps", 62_500_000)]
    [InlineData("8kbps", 1_000)]
    [InlineData("2.5MB/s", 2_500_000)]
    [InlineData("1kB/s", 1_000)]
    [InlineData("1000Gbps", 125_000_000_000)]
    public void Parse_NumberAndUnit_IsBytesInASecond(string text, long bytes)
    {
        var rate = TransferRate.Parse(text);

        Assert.Equal(bytes, rate.BytesPerSecond);
        Assert.Equal(rate, TransferRate.Parse(rate.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("20")]
    [InlineData("Mbps")]
    [InlineData("20mbps")]
    [InlineData("20MBPS")]
    [InlineData("20Mb/s")]
    [InlineData("-20Mbps")]
    [InlineData("+20Mbps")]
    [InlineData("1,000Mbps")]
    [InlineData("1e3Mbps")]
    [InlineData(" 20Mbps")]
    [InlineData("20Mbps ")]
    [InlineData("0Mbps")]
    [InlineData("7kbps")]
    [InlineData("1001Gbps")]
    [InlineData("9999999999999999Gbps")]
    [InlineData("unlimited")]
    public void Parse_AnythingElse_IsRefusedWithWhatToWrite(string text)
    {
        var exception = Assert.Throws<FormatException>(() => TransferRate.Parse(text));

        Assert.Contains($"'{text}'", exception.Message, StringComparison.Ordinal);
        Assert.Contains("20Mbps", exception.Message, StringComparison.Ordinal);
    }
}
