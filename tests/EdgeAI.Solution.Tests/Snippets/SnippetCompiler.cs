using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace EdgeAI.Solution.Tests.Snippets;

/// <summary>Compiles blocks of documentation as a user's project would: with implicit usings and the packages, and nothing else.</summary>
internal static class SnippetCompiler
{
    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Latest);

    private static readonly string[] ImplicitUsings =
    [
        "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading", "System.Threading.Tasks",
    ];

    private static readonly string[] FragmentUsings =
    [
        "EdgeAI", "EdgeAI.Configuration", "EdgeAI.Inference", "EdgeAI.Models", "EdgeAI.Pipelines", "EdgeAI.Providers", "EdgeAI.Storage", "EdgeAI.Trust",
        "Microsoft.Extensions.Configuration", "Microsoft.Extensions.DependencyInjection", "Microsoft.Extensions.Hosting",
    ];

    // What a fragment may take as given. They are fields, so that a fragment may declare a local of the same name.
    private const string FragmentFields = """
            private static readonly IModelStore store = null!;
            private static readonly IInferenceEngine engine = null!;
            private static readonly IModelLease model = null!;
            private static readonly IServiceCollection services = null!;
            private static readonly IServiceProvider provider = null!;
            private static readonly IConfiguration configuration = null!;
            private static readonly IEdgeAIBuilder edgeAI = null!;
            private static readonly HostApplicationBuilder builder = null!;
            private static readonly ModelInputs inputs = null!;
            private static readonly float[] pixels = null!;
            private static readonly string path = null!;
            private static readonly CancellationToken cancellationToken;
            private static readonly CancellationToken ct;
        """;

    /// <summary>The errors of a block; none when it compiles.</summary>
    public static IReadOnlyList<string> Compile(Snippet snippet)
    {
        var code = CSharpSyntaxTree.ParseText(snippet.IsFragment ? Wrap(snippet.Code) : snippet.Code, ParseOptions, snippet.Location);
        var usings = CSharpSyntaxTree.ParseText(Usings("global ", ImplicitUsings), ParseOptions);
        var options = new CSharpCompilationOptions(KindOf(code), allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable);
        var compilation = CSharpCompilation.Create("snippet", [code, usings], References.OfThisProcess(), options);
        return [.. compilation.GetDiagnostics()
            .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
            .Select(diagnostic => $"{snippet.Location}: {diagnostic.Id}: {diagnostic.GetMessage()}")];
    }

    private static OutputKind KindOf(SyntaxTree code) => code.GetCompilationUnitRoot().Members.OfType<GlobalStatementSyntax>().Any()
        ? OutputKind.ConsoleApplication
        : OutputKind.DynamicallyLinkedLibrary;

    private static string Usings(string prefix, IEnumerable<string> namespaces) =>
        string.Join('\n', namespaces.Select(name => $"{prefix}using {name};"));

    private static string Wrap(string fragment)
    {
        var own = CSharpSyntaxTree.ParseText(fragment, ParseOptions).GetCompilationUnitRoot().Usings;
        var body = own.Aggregate(fragment, (text, directive) => text.Replace(directive.ToString(), string.Empty, StringComparison.Ordinal));
        var others = FragmentUsings.Where(name => own.All(directive => directive.Name?.ToString() != name));
        return $$"""
            {{string.Join('\n', own.Select(directive => directive.ToString()))}}
            {{Usings(string.Empty, others)}}
            internal static class Fragment
            {
            {{FragmentFields}}
                private static async Task RunAsync()
                {
                    await Task.CompletedTask;
            {{body}}
                }
            }
            """;
    }
}
