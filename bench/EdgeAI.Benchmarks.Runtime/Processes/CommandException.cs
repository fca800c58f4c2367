namespace EdgeAI.Benchmarks.Runtime.Processes;

/// <summary>A program that a measure needs did not end well.</summary>
internal sealed class CommandException(string program, int exitCode, string errors)
    : Exception($"'{program}' ended with {exitCode}: {errors.Trim()}");
