using System.Diagnostics;

namespace EdgeAI.Samples.Tests;

/// <summary>A run of the built sample as its user runs it.</summary>
internal sealed record SampleProcess(int ExitCode, string Output, string Errors)
{
    public static async Task<SampleProcess> RunAsync(params string[] args)
    {
        var info = new ProcessStartInfo("dotnet", ["exec", Repository.SampleProgram, .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = System.Text.Encoding.UTF8,
        };
        using var process = Process.Start(info)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new SampleProcess(process.ExitCode, await output, await errors);
    }
}
