namespace EdgeAI.Samples.Tests;

/// <summary>Where the files of this repository are.</summary>
internal static class Repository
{
    private const string SampleName = "EdgeAI.Samples.Console";

    public static string Root { get; } = FindRoot();

    public static string SamplePicture => Path.Combine(SampleDirectory, "assets", "sample.png");

    public static string SampleRecording => Path.Combine(SampleDirectory, "assets", "sample.wav");

    /// <summary>The sample as its own project builds it, in the configuration that the tests are built in.</summary>
    public static string SampleProgram
    {
        get
        {
            var framework = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
            return Path.Combine(SampleDirectory, "bin", framework.Parent!.Name, framework.Name, SampleName + ".dll");
        }
    }

    private static string SampleDirectory => Path.Combine(Root, "samples", SampleName);

    private static string FindRoot()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "EdgeAI.sln")))
        {
            directory = Path.GetDirectoryName(directory) ?? throw new DirectoryNotFoundException("The tests do not run inside the repository.");
        }

        return directory;
    }
}
