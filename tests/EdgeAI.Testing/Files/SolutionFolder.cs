namespace EdgeAI.Testing.Files;

/// <summary>The folder of the solution that the running tests were built from.</summary>
public static class SolutionFolder
{
    /// <summary>The name of the solution file.</summary>
    public const string SolutionName = "EdgeAI.sln";

    private static readonly Lazy<string> Located = new(Find);

    /// <summary>The folder that holds the solution file.</summary>
    public static string Path => Located.Value;

    /// <summary>A path below it.</summary>
    public static string Combine(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, SolutionName)))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No folder above '{AppContext.BaseDirectory}' holds {SolutionName}; run the tests from a checkout.");
    }
}
