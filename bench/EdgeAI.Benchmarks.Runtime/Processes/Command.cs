using System.Collections.Concurrent;
using System.Diagnostics;

namespace EdgeAI.Benchmarks.Runtime.Processes;

/// <summary>A program that is run to its end; what it says on its error stream is shown.</summary>
internal sealed record Command(string Program, IReadOnlyList<string> Arguments)
{
    private static readonly ConcurrentDictionary<Process, bool> Running = new();

    /// <summary>This program as an app for small machines ships, compiled ahead; where the build made none, as it is.</summary>
    public static Command ToProbe(params IEnumerable<string> arguments)
    {
        var program = Environment.ProcessPath!;
        var ahead = Path.Combine(AppContext.BaseDirectory, "ahead", Path.GetFileName(program));
        return new Command(File.Exists(ahead) ? ahead : program, [.. arguments]);
    }

    /// <summary>Ends what still runs, because this process is about to end.</summary>
    public static void KillRunning()
    {
        foreach (var process in Running.Keys)
        {
            process.Kill(entireProcessTree: true);
        }
    }

    /// <returns>What it printed.</returns>
    /// <exception cref="CommandException">It ended with another code than 0.</exception>
    public async Task<string> RunAsync()
    {
        using var process = Process.Start(new ProcessStartInfo(Program, Arguments) { RedirectStandardOutput = true })!;
        Running[process] = true;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Running.TryRemove(process, out _);
        return process.ExitCode == 0 ? output : throw new CommandException(Program, process.ExitCode, string.Join(' ', Arguments));
    }
}
