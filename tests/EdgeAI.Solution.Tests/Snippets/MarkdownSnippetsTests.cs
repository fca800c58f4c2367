using EdgeAI.Solution.Tests.Architecture;

namespace EdgeAI.Solution.Tests.Snippets;

public sealed class MarkdownSnippetsTests
{
    private const string Sample = """
        # Title

        ```bash
        dotnet add package EdgeAI.Runtime
        ```

        ```csharp
        var first = 1;
        ```

        <!-- snippet: fragment -->
        ```csharp
        var second = 2;

        var third = 3;
        ```

          ```cs
          var indented = 4;
          ```
        """;

    [Fact]
    public void Read_Markdown_FindsTheBlocksOfCSharp()
    {
        var snippets = MarkdownSnippets.Read("README.md", Sample).ToArray();

        Assert.Equal(["README.md:8", "README.md:13", "README.md:19"], snippets.Select(snippet => snippet.Location));
        Assert.Equal([false, true, false], snippets.Select(snippet => snippet.IsFragment));
        Assert.Equal("var second = 2;\n\nvar third = 3;", snippets[1].Code);
    }

    [Fact]
    public void Read_BlockWithoutEnd_GoesToTheEndOfTheFile() =>
        Assert.Equal("var x = 1;", Assert.Single(MarkdownSnippets.Read("README.md", "```csharp\nvar x = 1;")).Code);

    [Fact]
    public void Documentation_EveryBlockOfCSharp_Compiles()
    {
        var snippets = Documents().SelectMany(path => MarkdownSnippets.Read(path, SourceFiles.Read(path))).ToArray();
        var errors = snippets.SelectMany(SnippetCompiler.Compile).ToArray();

        Assert.NotEmpty(snippets);
        Assert.True(errors.Length == 0, string.Join(Environment.NewLine, errors));
    }

    private static IEnumerable<string> Documents() =>
        SourceFiles.Find("*.md", "docs").Prepend("README.md");
}
