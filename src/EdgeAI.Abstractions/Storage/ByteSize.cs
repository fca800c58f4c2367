using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace EdgeAI.Storage;

/// <summary>A number of bytes. Written as a number and a unit, such as <c>64GB</c> (decimal) or <c>1.5 TiB</c> (binary).</summary>
/// <param name="Bytes">The bytes; 1 to 1,000,000 TB where it is parsed.</param>
public readonly record struct ByteSize(long Bytes) : ISpanParsable<ByteSize>
{
    private const long Most = 1_000_000_000_000_000_000;

    private static readonly (string Name, decimal Bytes)[] Units =
    [
        ("kB", 1e3m), ("MB", 1e6m), ("GB", 1e9m), ("TB", 1e12m),
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40),
    ];

    /// <summary>Reads a number and a unit: <c>kB</c>, <c>MB</c>, <c>GB</c>, <c>TB</c>, <c>KiB</c>, <c>MiB</c>, <c>GiB</c> or <c>TiB</c>, in just these letters.</summary>
    /// <param name="s">The text.</param>
    /// <param name="provider">Not used; numbers have a point.</param>
    /// <exception cref="FormatException">It is no size, or one out of the range.</exception>
    public static ByteSize Parse(string s, IFormatProvider? provider = null)
    {
        ArgumentNullException.ThrowIfNull(s);
        return Parse(s.AsSpan(), provider);
    }

    /// <summary>Reads a number and a unit, as <see cref="Parse(string, IFormatProvider?)"/> does.</summary>
    /// <param name="s">The text.</param>
    /// <param name="provider">Not used; numbers have a point.</param>
    /// <exception cref="FormatException">It is no size, or one out of the range.</exception>
    public static ByteSize Parse(ReadOnlySpan<char> s, IFormatProvider? provider = null) => TryParse(s, provider, out var size)
        ? size
        : throw new FormatException($"'{s}' is not a size: write a number and a unit, such as '64GB' or '1.5TiB'. Units are {string.Join(", ", Units.Select(unit => unit.Name))}, in just these letters.");

    /// <summary>Reads a number and a unit, or says that the text is something else.</summary>
    /// <param name="s">The text, or null.</param>
    /// <param name="provider">Not used; numbers have a point.</param>
    /// <param name="result">The size that was read.</param>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out ByteSize result) => TryParse(s.AsSpan(), provider, out result);

    /// <summary>Reads a number and a unit, or says that the text is something else.</summary>
    /// <param name="s">The text, or null.</param>
    /// <param name="provider">Not used; numbers have a point.</param>
    /// <param name="result">The size that was read.</param>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out ByteSize result)
    {
        result = default;
        foreach (var (name, unit) in Units)
        {
            // Numbers of more digits than this are mistakes, and their product with a unit could overflow.
            if (s.EndsWith(name, StringComparison.Ordinal)
                && s[..^name.Length].TrimEnd(' ') is { Length: > 0 and <= 16 } number
                && decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
                && value * unit is >= 1 and <= Most)
            {
                result = new ByteSize((long)(value * unit));
                return true;
            }
        }

        return false;
    }

    /// <summary>The size in the largest decimal unit that shows it exactly to three digits behind the point, such as <c>64GB</c>.</summary>
    public override string ToString()
    {
        var bytes = Bytes;
        var (name, unit) = Array.FindLast(Units, unit => unit.Name.Length == 2 && bytes >= unit.Bytes && bytes % (unit.Bytes / 1000) == 0);
        (name, unit) = name is null ? Units[0] : (name, unit);
        return string.Create(CultureInfo.InvariantCulture, $"{bytes / unit:0.###}{name}");
    }
}
