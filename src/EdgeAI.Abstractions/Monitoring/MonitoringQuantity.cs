using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using EdgeAI.Storage;

namespace EdgeAI.Monitoring;

/// <summary>A reading or a threshold, with its unit.</summary>
/// <param name="Value">The value, in the unit.</param>
/// <param name="Unit">The unit.</param>
public readonly record struct MonitoringQuantity(double Value, MonitoringUnit Unit)
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");
    private static readonly (string Name, double Seconds)[] Times = [("us", 1e-6), ("µs", 1e-6), ("ms", 1e-3), ("s", 1), ("m", 60), ("h", 3600), ("d", 86400)];

    /// <summary>Reads a quantity of one of some units, or says that the text is none.</summary>
    /// <param name="text">The text, such as <c>50ms</c>, or null.</param>
    /// <param name="units">The units that it may be in.</param>
    /// <param name="result">The quantity that was read; it is 0 or more.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, IEnumerable<MonitoringUnit> units, out MonitoringQuantity result)
    {
        ArgumentNullException.ThrowIfNull(units);
        var trimmed = text?.Trim();
        foreach (var unit in units)
        {
            if (trimmed is { Length: > 0 and <= 32 } && Read(trimmed, unit) is { } value)
            {
                result = new(value, unit);
                return true;
            }
        }

        result = default;
        return false;
    }

    /// <summary>How quantities of a unit are written, for messages: such as <c>a time such as '50ms' or '2s'</c>.</summary>
    /// <param name="unit">The unit.</param>
    public static string Describe(MonitoringUnit unit) => unit switch
    {
        MonitoringUnit.Seconds => "a time such as '50ms', '2s' or '5m'",
        MonitoringUnit.Share => "a share such as '90%'",
        MonitoringUnit.Bytes => "a size such as '6GB' or '512MiB'",
        MonitoringUnit.Count => "a number such as '64'",
        _ => "a temperature such as '85°C'",
    };

    /// <summary>The quantity with its unit, such as <c>50ms</c> or <c>93.2%</c>.</summary>
    public override string ToString() => Unit switch
    {
        MonitoringUnit.Seconds => Value < 1 ? string.Create(CultureInfo.InvariantCulture, $"{Value * 1e3:0.###}ms") : string.Create(CultureInfo.InvariantCulture, $"{Value:0.###}s"),
        MonitoringUnit.Share => string.Create(CultureInfo.InvariantCulture, $"{Value * 100:0.##}%"),
        MonitoringUnit.Bytes => string.Create(CultureInfo.InvariantCulture, $"{Value / 1e6:0.###}MB"),
        MonitoringUnit.Count => string.Create(CultureInfo.InvariantCulture, $"{Value:0.###}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Value:0.#}°C"),
    };

    private static double? Read(string text, MonitoringUnit unit) => unit switch
    {
        MonitoringUnit.Seconds => ReadTime(text),
        MonitoringUnit.Share => text.EndsWith('%') && ReadNumber(text.AsSpan(0, text.Length - 1)) is { } percent ? percent / 100 : null,
        MonitoringUnit.Bytes => ByteSize.TryParse(text, null, out var size) ? size.Bytes : null,
        MonitoringUnit.Count => ReadNumber(text),
        _ => text.EndsWith("°C", StringComparison.Ordinal) ? ReadNumber(text.AsSpan(0, text.Length - 2)) : text.EndsWith('C') ? ReadNumber(text.AsSpan(0, text.Length - 1)) : null,
    };

    private static double? ReadTime(string text)
    {
        // The unit is all that follows the number, so that 'ms' is not taken for 's'.
        var digits = text.AsSpan().IndexOfAnyExcept(Digits);
        foreach (var (name, seconds) in Times)
        {
            if (digits > 0 && text.AsSpan(digits).TrimStart(' ').SequenceEqual(name))
            {
                return ReadNumber(text.AsSpan(0, digits)) * seconds;
            }
        }

        return null;
    }

    private static double? ReadNumber(ReadOnlySpan<char> text) =>
        text.TrimEnd(' ') is { Length: > 0 and <= 16 } number && double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null;
}
