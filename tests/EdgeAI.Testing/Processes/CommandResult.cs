namespace EdgeAI.Testing.Processes;

/// <summary>What a child process did.</summary>
/// <param name="ExitCode">Its exit code; 128 and the signal's number where a signal ended it.</param>
/// <param name="Output">What it printed.</param>
/// <param name="Error">What it printed to standard error.</param>
public sealed record CommandResult(int ExitCode, string Output, string Error)
{
    /// <summary>Says that the process succeeded, or throws with all that it printed.</summary>
    public CommandResult EnsureSuccess() =>
        ExitCode == 0 ? this : throw new InvalidOperationException($"The command ended with {ExitCode}.{Environment.NewLine}{Output}{Environment.NewLine}{Error}");
}
