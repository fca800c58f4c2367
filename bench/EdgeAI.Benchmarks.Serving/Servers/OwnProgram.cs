using System.Diagnostics;

namespace EdgeAI.Benchmarks.Serving.Servers;

/// <summary>This program as a command.</summary>
internal static class OwnProgram
{
    public static ProcessStartInfo Command(params string[] arguments) => new("dotnet", [typeof(OwnProgram).Assembly.Location, .. arguments])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
    };
}
