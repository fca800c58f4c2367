namespace EdgeAI.Browser.Tests.Monitoring;

/// <summary>What a test turns, for <see cref="SteeredMetric"/> to read.</summary>
internal sealed class Dial
{
    private double _reading;

    public double Reading
    {
        get => Volatile.Read(ref _reading);
        set => Volatile.Write(ref _reading, value);
    }
}
