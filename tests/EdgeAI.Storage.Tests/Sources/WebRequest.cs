using System.Globalization;

namespace EdgeAI.Storage.Tests.Sources;

/// <summary>What a server was asked.</summary>
internal sealed record WebRequest(string Path, string? Authorization, string? Range, string? IfRange)
{
    /// <summary>Where the part that was asked for begins.</summary>
    public long From => Range is null ? 0 : long.Parse(Range["bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture);
}
