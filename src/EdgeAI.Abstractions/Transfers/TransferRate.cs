using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace EdgeAI.Transfers;

/// <summary>How many bytes may move in a second. Written as a number and a unit, such as <c>20Mbps</c> (bits) or <c>2.5 MB/s</c> (bytes); units are decimal.</summary>
/// <param name="BytesPerSecond">Bytes in a second; 1,000 to 125,000,000,000 where it is parsed.</param>
public readonly record struct TransferRate(long BytesPerSecond) : ISpanParsable<TransferRate>
{
    private const long Least = 1_000;
    private const long Most = 125_000_000_000;

    // Case counts: a megabit is an eighth of a megabyte, and a guess would be wrong by that much.
    private static readonly (string Name, decimal BytesPerSecond)[] Units =
    [
        ("kbps", 125m), ("Mbps", 125_000m), ("Gbps", 125_000_000m),
        ("kB/s", 1_000m), ("MB/s", 1_000_000m), ("GB/s", 1_000_000_000m),
    ];

    /// <summary>Reads a number and a unit: <c>kbps</c>, <c>Mbps</c>, <c>Gbps</c>, <c>kB/s</c>, <c>MB/s</c> or <c>GB/s</c>, in just these letters.</summary>
    /// <param name="s">The text.</param>
    /// <param name="provider">Not used; numbers have a point.</param>
    /// <exception cref="FormatException">It is not a rate, or one out of the range.</exception>
    public static TransferRate Parse(string s, IFormatProvider? provider = null)
    {
        ArgumentNullException.ThrowIfNull(s);
        return Parse(s.AsSpan(), provider);
    }

    /// <summary>Reads a number and a unit, as <see cref="Parse(string, IFormatProvider?)"/> does.</summary>
    /// <param name="s">The text.</param>
    /// <param name="provider">Not used; numbers have a point.</param>
    /// <exception cref="FormatException">It is not a rate, or one out of the range.</exception>
    public static TransferRate Parse(ReadOnlySpan<char> s, IFormatProvider? provider = null) => TryParse(s, provider, out var rate)
        ? rate
        : throw new FormatException(
            $"'{s}' is not a rate: write a number and a unit, such as '20Mbps' (bits) or '2.5MB/s' (bytes), from 8kbps to 1000Gbps. Units are {string.Join(", ", Units.Select(unit => unit.Name))}, in just these letters.");

    /// <summary>Reads a number and a unit, or says that the text is something else.</summary>
    /// <param name="s">The text, or null.</param>
    /// <param name="provider">Not used; numbers have a point.</param>
    /// <param name="result">The rate that was read.</param>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out TransferRate result) => TryParse(s.AsSpan(), provider, out result);

    /// <summary>Reads a number and a unit, or says that the text is something else.</summary>
    /// <param name="s">The text, or null.</param>
    /// <param name="provider">Not used; numbers have a point.</param>
    /// <param name="result">The rate that was read.</param>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out TransferRate result)
    {
        result = default;
        foreach (var (name, unit) in Units)
        {
            // Numbers of more digits than this are mistakes, and their product with a unit could overflow.
            if (s.EndsWith(name, StringComparison.Ordinal)
                && s[..^name.Length].TrimEnd(' ') is { Length: > 0 and <= 16 } number
                && decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
                && value * unit is >= Least and <= Most)
            {
                result = new TransferRate((long)(value * unit));
                return true;
            }
        }

        return false;
    }

    /// <summary>The rate in bits, such as <c>20000kbps</c>, which can be parsed again.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{BytesPerSecond / 125m:0.###}kbps");
}
