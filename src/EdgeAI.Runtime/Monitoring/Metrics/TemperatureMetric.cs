using System.Globalization;

namespace EdgeAI.Monitoring.Metrics;

/// <summary>The hottest of the sensors that Linux lists; elsewhere, and on machines without one, there is no reading.</summary>
/// <param name="root">The folder that lists them.</param>
internal sealed class TemperatureMetric(string root = TemperatureMetric.LinuxRoot) : IMonitoringMetric
{
    public const string LinuxRoot = "/sys/class/thermal";

    public ValueTask<double?> ReadAsync(MonitoringRule rule, CancellationToken cancellationToken = default)
    {
        double? hottest = null;
        foreach (var zone in Directory.Exists(root) ? Directory.EnumerateDirectories(root, "thermal_zone*") : [])
        {
            hottest = Read(Path.Combine(zone, "temp")) is { } celsius && !(celsius <= hottest) ? celsius : hottest;
        }

        return ValueTask.FromResult(hottest);
    }

    // Thousandths of a degree. A sensor that sleeps can't be read.
    private static double? Read(string file)
    {
        try
        {
            return double.TryParse(File.ReadAllText(file), NumberStyles.Integer, CultureInfo.InvariantCulture, out var thousandths) ? thousandths / 1000 : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
