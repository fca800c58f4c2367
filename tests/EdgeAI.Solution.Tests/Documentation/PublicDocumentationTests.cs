using EdgeAI.Solution.Tests.Architecture;
using EdgeAI.Testing.Files;

namespace EdgeAI.Solution.Tests.Documentation;

public sealed class PublicDocumentationTests
{
    [Theory]
    [InlineData(PackageAssemblies.Abstractions, 200)]
    [InlineData(PackageAssemblies.Storage, 3)]
    [InlineData(PackageAssemblies.Runtime, 3)]
    [InlineData(PackageAssemblies.ConfigurationYaml, 2)]
    [InlineData(PackageAssemblies.AspNetCore, 20)]
    [InlineData(PackageAssemblies.Remote, 30)]
    public void PublicMembers_OfAPackage_AreAllDocumented(string package, int least)
    {
        var members = PublicMembers.Read(PackageAssemblies.PathOf(package));
        var problems = members.Where(member => member.Problem is not null).Select(member => $"{member} {member.Problem}").ToArray();

        Assert.True(members.Count >= least, $"{package} shows only {members.Count} members.");
        Assert.True(problems.Length == 0, $"{problems.Length} of {members.Count}: {string.Join(Environment.NewLine, problems)}");
    }

    [Fact]
    public void PublicMembers_Undocumented_AreFound()
    {
        using var folder = new TemporaryDirectory();
        const string Source = """
            namespace N;
            /// <summary>A type.</summary>
            public class Documented
            {
                public int Bare;
                /// <summary> </summary>
                public int Blank() => 1;
                /// <summary>Gets or sets the size.</summary>
                public int Size { get; set; }
                /// <summary>How large it is.</summary>
                public int Good { get; set; }
                /// <inheritdoc/>
                public override string ToString() => "";
                protected void Inherited() { }
                internal void Hidden() { }
            }
            """;

        var problems = PublicMembers.Read(DocumentedAssembly.Compile(Source, folder)).Where(member => member.Problem is not null);

        Assert.Equal(
            ["N.Documented.Bare", "N.Documented.Blank()", "N.Documented.Inherited()", "N.Documented.Size"],
            problems.Select(member => member.ToString()).Order());
    }
}
