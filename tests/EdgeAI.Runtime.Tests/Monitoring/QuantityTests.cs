using EdgeAI.Monitoring;

namespace EdgeAI.Runtime.Tests.Monitoring;

public sealed class QuantityTests
{
    [Theory]
    [InlineData("50ms", MonitoringUnit.Seconds, 0.05, "50ms")]
    [InlineData("500us", MonitoringUnit.Seconds, 0.0005, "0.5ms")]
    [InlineData(" 1.5 s ", MonitoringUnit.Seconds, 1.5, "1.5s")]
    [InlineData("2h", MonitoringUnit.Seconds, 7200, "7200s")]
    [InlineData("90%", MonitoringUnit.Share, 0.9, "90%")]
    [InlineData("6GB", MonitoringUnit.Bytes, 6e9, "6000MB")]
    [InlineData("64", MonitoringUnit.Count, 64, "64")]
    [InlineData("85°C", MonitoringUnit.Celsius, 85, "85°C")]
    [InlineData("85C", MonitoringUnit.Celsius, 85, "85°C")]
    public void TryParse_OfItsUnit_IsRead(string text, MonitoringUnit unit, double value, string shown)
    {
        Assert.True(MonitoringQuantity.TryParse(text, [unit], out var quantity));
        Assert.Equal((value, unit, shown), (Math.Round(quantity.Value, 9), quantity.Unit, quantity.ToString()));
    }

    [Theory]
    [InlineData(null, MonitoringUnit.Seconds)]
    [InlineData("", MonitoringUnit.Seconds)]
    [InlineData("ms", MonitoringUnit.Seconds)]
    [InlineData("50", MonitoringUnit.Seconds)]
    [InlineData("-50ms", MonitoringUnit.Seconds)]
    [InlineData("50MS", MonitoringUnit.Seconds)]
    [InlineData("1.2.3s", MonitoringUnit.Seconds)]
    [InlineData("5e9s", MonitoringUnit.Seconds)]
    [InlineData("%", MonitoringUnit.Share)]
    [InlineData("-1%", MonitoringUnit.Share)]
    [InlineData("0.9", MonitoringUnit.Share)]
    [InlineData("64 runs", MonitoringUnit.Count)]
    [InlineData("NaN", MonitoringUnit.Count)]
    [InlineData("85F", MonitoringUnit.Celsius)]
    [InlineData("11111111111111111111111111111111111s", MonitoringUnit.Seconds)]
    public void TryParse_OfAnother_IsNone(string? text, MonitoringUnit unit) => Assert.False(MonitoringQuantity.TryParse(text, [unit], out _));
}
