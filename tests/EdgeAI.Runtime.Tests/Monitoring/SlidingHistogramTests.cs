using EdgeAI.Monitoring;
using Microsoft.Extensions.Time.Testing;

namespace EdgeAI.Runtime.Tests.Monitoring;

public sealed class SlidingHistogramTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(50, 0.5)]
    [InlineData(95, 0.95)]
    [InlineData(99, 0.99)]
    [InlineData(100, 1)]
    public void Read_ThousandValues_GivesThePercentile(double percentile, double expected)
    {
        var histogram = new SlidingHistogram(TimeSpan.FromSeconds(10), _time);
        foreach (var i in Enumerable.Range(1, 1000))
        {
            histogram.Record(i / 1000.0);
        }

        Assert.InRange(histogram.Read(percentile, 1)!.Value, expected * 0.985, expected * 1.015);
    }

    [Fact]
    public void Read_TooFewValues_IsNull()
    {
        var histogram = new SlidingHistogram(TimeSpan.FromSeconds(10), _time);
        histogram.Record(1);
        histogram.Record(1);

        Assert.Null(histogram.Read(95, 3));
        histogram.Record(1);
        Assert.NotNull(histogram.Read(95, 3));
    }

    [Fact]
    public void Read_ValuesOlderThanTheWindow_AreGone()
    {
        var histogram = new SlidingHistogram(TimeSpan.FromSeconds(10), _time);
        histogram.Record(5);
        _time.Advance(TimeSpan.FromSeconds(9));
        histogram.Record(1);
        Assert.InRange(histogram.Read(100, 1)!.Value, 4.9, 5.1);

        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.InRange(histogram.Read(100, 1)!.Value, 0.98, 1.02);

        _time.Advance(TimeSpan.FromHours(1));
        Assert.Null(histogram.Read(100, 1));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1e-9)]
    [InlineData(1e9)]
    [InlineData(double.PositiveInfinity)]
    public void Record_OutOfTheRange_IsKeptAtItsEnd(double value)
    {
        var histogram = new SlidingHistogram(TimeSpan.FromSeconds(10), _time);

        histogram.Record(value);

        Assert.InRange(histogram.Read(95, 1)!.Value, 9e-7, 5000);
    }

    [Fact]
    public void Record_ByManyThreads_LosesNothing()
    {
        var histogram = new SlidingHistogram(TimeSpan.FromSeconds(10), _time);

        Parallel.For(0, 10_000, _ => histogram.Record(1));

        Assert.NotNull(histogram.Read(95, 10_000));
        Assert.Null(histogram.Read(95, 10_001));
    }
}
