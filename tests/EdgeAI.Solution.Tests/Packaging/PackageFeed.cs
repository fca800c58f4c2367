using EdgeAI.Solution.Tests.Architecture;
using EdgeAI.Testing.Files;
using EdgeAI.Testing.Processes;

namespace EdgeAI.Solution.Tests.Packaging;

/// <summary>A folder with the packages, packed from this very checkout under a version that no one else has.</summary>
internal sealed class PackageFeed(TemporaryDirectory folder)
{
    /// <summary>The version: newer than any release, so that nothing in a cache can stand in for it.</summary>
    public string Version { get; } = $"999.0.0-test.{Guid.NewGuid():N}";

    /// <summary>The folder that the packages are in.</summary>
    public string Path { get; } = folder.CreateDirectory("feed");

    /// <summary>Packs every package.</summary>
    public async Task PackAsync(CancellationToken cancellationToken)
    {
        // The last project takes the others along when it is built, in a folder of its own so that the checkout's build stays as it is.
        foreach (var package in PackageAssemblies.All)
        {
            string[] arguments =
            [
                "pack", SolutionFolder.Combine("src", package, package + ".csproj"), "--configuration", "Release", "--output", Path,
                "--artifacts-path", folder.Combine("build"), $"-p:Version={Version}", "-p:UseSharedCompilation=false", "--nologo",
            ];
            (await ChildProcess.RunAsync("dotnet", arguments, SolutionFolder.Path, cancellationToken)).EnsureSuccess();
        }
    }

    /// <summary>Takes the packages out of the machine's cache, where the app's restore has put them.</summary>
    public async Task RemoveFromCacheAsync(CancellationToken cancellationToken)
    {
        string[] arguments = ["nuget", "locals", "global-packages", "--list"];
        var listing = (await ChildProcess.RunAsync("dotnet", arguments, cancellationToken: cancellationToken)).EnsureSuccess().Output;
        var cache = listing[(listing.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        foreach (var entry in PackageAssemblies.All.Select(package => System.IO.Path.Combine(cache, package.ToLowerInvariant(), Version)))
        {
            if (Directory.Exists(entry))
            {
                Directory.Delete(entry, recursive: true);
            }
        }
    }
}
