namespace EdgeAI.Solution.Tests.Snippets;

public sealed class SnippetCompilerTests
{
    [Fact]
    public void Compile_Program_HasNoErrors() => Assert.Empty(SnippetCompiler.Compile(Program("""
        using EdgeAI.Inference;
        using EdgeAI.Models;

        ModelReference model = "ocr/det:v4";
        using var tensor = TensorValue.Create(new float[] { 1, 2 }, 2);
        await Task.Yield();
        Console.WriteLine($"{model} {tensor}");
        """)));

    [Fact]
    public void Compile_Fragment_HasNoErrors() => Assert.Empty(SnippetCompiler.Compile(Fragment("""
        var found = await store.FindAsync("ocr/det:v4", cancellationToken);
        await using var model = await engine.LoadAsync("ocr/det:v4", ct);
        using var outputs = await model.RunAsync(new ModelInputs { ["x"] = TensorValue.Create(pixels, 1, 3, 224, 224) }, ct);
        """)));

    [Fact]
    public void Compile_FragmentWithUsings_HasNoErrors() => Assert.Empty(SnippetCompiler.Compile(Fragment("""
        using System.Text;
        using EdgeAI.Models;

        Console.WriteLine(new StringBuilder().Append(Digest.Of([])));
        """)));

    [Fact]
    public void Compile_Types_HaveNoErrors() => Assert.Empty(SnippetCompiler.Compile(Program("""
        public sealed class Detector(EdgeAI.Inference.IInferenceEngine engine)
        {
            public async Task LoadAsync() => await (await engine.LoadAsync("ocr/det:v4")).DisposeAsync();
        }
        """)));

    [Theory]
    [InlineData("Console.WriteLine(1)")]
    [InlineData("await store.NoSuchMethodAsync(\"a:1\");")]
    [InlineData("using EdgeAI.NoSuchNamespace;\nConsole.WriteLine(1);")]
    [InlineData("int number = \"text\";")]
    public void Compile_BrokenSnippet_SaysWhereAndWhy(string code)
    {
        Assert.Contains(SnippetCompiler.Compile(Program(code)), error => error.StartsWith("README.md:7: CS", StringComparison.Ordinal));
        Assert.Contains(SnippetCompiler.Compile(Fragment(code)), error => error.StartsWith("README.md:7: CS", StringComparison.Ordinal));
    }

    [Fact]
    public void Compile_FragmentAsProgram_LacksWhatFragmentsTakeAsGiven() =>
        Assert.NotEmpty(SnippetCompiler.Compile(Program("await store.ListAsync();")));

    private static Snippet Program(string code) => new("README.md:7", code, IsFragment: false);

    private static Snippet Fragment(string code) => new("README.md:7", code, IsFragment: true);
}
