using Microsoft.CodeAnalysis;

namespace EdgeAI.Solution.Tests;

/// <summary>The assemblies that code is compiled against here: those of an app that has the packages.</summary>
internal static class References
{
    public static IEnumerable<MetadataReference> OfThisProcess(string? except = null) =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(path => path != except)
            .Select(path => MetadataReference.CreateFromFile(path));
}
