using System.Diagnostics;

namespace EdgeAI.Benchmarks.Store.Processes;

/// <summary>A program that is run to its end.</summary>
internal sealed record Command(string Program, IReadOnlyList<string> Arguments)
{
    /// <summary>The folder it runs in; null for this process's own.</summary>
    public string? Directory { get; init; }

    /// <summary>Added to this process's environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether a program is installed.</summary>
    public static bool Exists(string program) =>
        (System.Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator)
            .Any(folder => folder.Length > 0 && File.Exists(Path.Combine(folder, program)));

    /// <returns>What it printed.</returns>
    /// <exception cref="CommandException">It ended with another code than 0.</exception>
    public async Task<string> RunAsync()
    {
        var start = new ProcessStartInfo(Program, Arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Directory ?? string.Empty,
        };
        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new CommandException(Program, process.ExitCode, await errors);
    }

    /// <returns>How long it took, in seconds.</returns>
    /// <exception cref="CommandException">It ended with another code than 0.</exception>
    public async Task<double> TimeAsync()
    {
        var clock = Stopwatch.StartNew();
        await RunAsync();
        return clock.Elapsed.TotalSeconds;
    }
}
