using EdgeAI.Testing.Files;
using EdgeAI.Testing.Processes;

namespace EdgeAI.Samples.Tests;

/// <summary>The sample's project: its files, and the program that it builds.</summary>
internal static class SampleProject
{
    private const string Name = "EdgeAI.Samples.Console";

    public static string Picture => Combine("assets", "sample.png");

    public static string Recording => Combine("assets", "sample.wav");

    /// <summary>Runs the sample as its own project builds it, in the configuration that the tests are built in.</summary>
    public static Task<CommandResult> RunAsync(params string[] args)
    {
        var framework = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var program = Combine("bin", framework.Parent!.Name, framework.Name, Name + ".dll");
        return ChildProcess.RunAsync("dotnet", ["exec", program, .. args], cancellationToken: TestContext.Current.CancellationToken);
    }

    private static string Combine(params string[] parts) => SolutionFolder.Combine(["samples", Name, .. parts]);
}
