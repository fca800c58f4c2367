using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace EdgeAI.Solution.Tests.Architecture;

/// <summary>What whoever opens the folders relies on.</summary>
public sealed partial class SourceTreeTests
{
    private static readonly string[] HeapNames = ["Helpers", "Utils", "Utilities", "Common", "Managers", "Services", "Core", "Misc", "Shared"];

    // Written in two parts, so that this file does not hold what it looks for.
    private static readonly string[] BannedTexts =
        ["TO" + "DO", "FIX" + "ME", "NotImplemented" + "Exception", "Skip" + " =", "Skip" + "=", "Assert." + "Skip", "Thread." + "Sleep("];

    // Real servers come from the system's packages, which need Linux and root: tests without them are left out, and say so. In CI that fails the run.
    private static readonly string[] ServersThatMayBeMissing =
        [.. new[] { "CephCluster.cs", "LossyLink.cs" }.Select(file => Path.Combine("tests", "EdgeAI.Storage.S3.Tests", "Servers", file))];

    [Fact]
    public void SourceFiles_OfThePackages_HaveOneTopLevelType()
    {
        var files = SourceFiles.Find("*.cs", "src").ToArray();

        Assert.True(files.Length > 60, $"Only {files.Length} files were found.");
        Assert.All(files, file => Assert.True(TopLevelTypes(SourceFiles.Read(file)).Length <= 1, file));
    }

    [Fact]
    public void TopLevelTypes_OfAFileWithTwo_AreTwo() =>
        Assert.Equal(["A", "B"], TopLevelTypes("namespace N; class A { class Inner; } record B;"));

    [Fact]
    public void SourceFiles_OfThePackages_AreNamedAfterTheirType() =>
        Assert.All(
            SourceFiles.Find("*.cs", "src"),
            file => Assert.All(TopLevelTypes(SourceFiles.Read(file)), type => Assert.Equal(type, Path.GetFileName(file).Split('.')[0])));

    [Fact]
    public void Folders_AreNamedAfterWhatFlowsThroughThem() =>
        Assert.All(
            SourceFiles.Find("*", "src", "tests", "samples", "bench"),
            file => Assert.Empty(file.Split(Path.DirectorySeparatorChar).Intersect(HeapNames, StringComparer.OrdinalIgnoreCase)));

    [Fact]
    public void Solution_HasEveryProject()
    {
        var projects = SourceFiles.Find("*.csproj", "src", "tests", "samples", "bench").ToArray();
        var solution = SourceFiles.Read("EdgeAI.sln").Replace('\\', '/');

        Assert.True(projects.Length >= 11, $"Only {projects.Length} projects were found.");
        Assert.All(projects, project => Assert.Contains($"\"{project.Replace('\\', '/')}\"", solution, StringComparison.Ordinal));
    }

    [Fact]
    public void PackageProjects_ReferenceOnlyEachOther() =>
        Assert.All(
            SourceFiles.Find("*.csproj", "src"),
            project => Assert.All(ProjectReferences(project), reference => Assert.StartsWith("../EdgeAI.", reference, StringComparison.Ordinal)));

    [Fact]
    public void NuGetConfiguration_HasNoAddress() => Assert.DoesNotMatch(Address(), SourceFiles.Read("nuget.config"));

    [Fact]
    public void SourceAndTests_HoldNothingUnfinished() =>
        Assert.All(
            SourceFiles.Find("*.cs", "src", "tests", "samples").Except(ServersThatMayBeMissing),
            file => Assert.All(BannedTexts, text => Assert.False(SourceFiles.Read(file).Contains(text, StringComparison.Ordinal), $"{file} holds {text}")));

    private static string[] TopLevelTypes(string source) =>
        [.. from member in CSharpSyntaxTree.ParseText(source).GetCompilationUnitRoot().DescendantNodes(node => node is not TypeDeclarationSyntax)
            let name = (member as BaseTypeDeclarationSyntax)?.Identifier.Text ?? (member as DelegateDeclarationSyntax)?.Identifier.Text
            where name is not null
            select name];

    private static IEnumerable<string> ProjectReferences(string project) =>
        XDocument.Parse(SourceFiles.Read(project)).Descendants("ProjectReference").Select(reference => reference.Attribute("Include")!.Value);

    [GeneratedRegex("https?://|[a-z0-9-]+\\.(com|org|net|io)/", RegexOptions.IgnoreCase)]
    private static partial Regex Address();
}
