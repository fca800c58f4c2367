using System.Collections.Concurrent;
using System.Diagnostics;

namespace EdgeAI.Benchmarks.Store.Processes;

/// <summary>A program that is run to its end.</summary>
internal sealed record Command(string Program, IReadOnlyList<string> Arguments)
{
    private static readonly ConcurrentDictionary<Process, bool> Running = new();
    private static volatile bool IsEnding;

    /// <summary>The folder it runs in; null for this process's own.</summary>
    public string? Directory { get; init; }

    /// <summary>Added to this process's environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether a program is installed.</summary>
    public static bool Exists(string program) =>
        (System.Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator)
            .Any(folder => folder.Length > 0 && File.Exists(Path.Combine(folder, program)));

    /// <summary>Ends what still runs, because this process is about to end; whoever waits for a command waits for that end from now on.</summary>
    public static void KillRunning()
    {
        IsEnding = true;
        foreach (var process in Running.Keys)
        {
            process.Kill(entireProcessTree: true);
        }
    }

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
        Running[process] = true;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Running.TryRemove(process, out _);
        if (IsEnding)
        {
            await Task.Delay(Timeout.Infinite);
        }

        return process.ExitCode == 0 ? output : throw new CommandException(Program, process.ExitCode, await errors);
    }

    /// <param name="written">The folder that it writes into: what is in it is put on disk.</param>
    /// <returns>How long that took, in seconds.</returns>
    /// <exception cref="CommandException">It ended with another code than 0.</exception>
    public async Task<double> TimeAsync(string written)
    {
        var clock = Stopwatch.StartNew();
        await RunAsync();
        WorkFolder.Flush(written);
        return clock.Elapsed.TotalSeconds;
    }
}
