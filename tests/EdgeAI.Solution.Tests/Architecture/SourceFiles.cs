using EdgeAI.Testing.Files;

namespace EdgeAI.Solution.Tests.Architecture;

/// <summary>The files of the solution, without what builds leave behind.</summary>
internal static class SourceFiles
{
    private static readonly string[] BuildFolders = ["bin", "obj", "TestResults"];

    /// <summary>Files below some folders of the solution, by their paths relative to it.</summary>
    public static IEnumerable<string> Find(string pattern, params string[] folders) =>
        from folder in folders
        let root = SolutionFolder.Combine(folder)
        where Directory.Exists(root)
        from file in Directory.EnumerateFiles(root, pattern, SearchOption.AllDirectories)
        let path = Path.GetRelativePath(SolutionFolder.Path, file)
        where !path.Split(Path.DirectorySeparatorChar).Intersect(BuildFolders).Any()
        select path;

    public static string Read(string path) => File.ReadAllText(SolutionFolder.Combine(path));
}
