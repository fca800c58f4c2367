using EdgeAI.Testing.Files;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace EdgeAI.Solution.Tests.Documentation;

/// <summary>Builds a small assembly with its documentation.</summary>
internal static class DocumentedAssembly
{
    /// <returns>The path of the assembly; the documentation stands beside it.</returns>
    public static string Compile(string source, TemporaryDirectory folder)
    {
        var tree = CSharpSyntaxTree.ParseText(source, new CSharpParseOptions(documentationMode: DocumentationMode.Parse));
        var compilation = CSharpCompilation.Create(
            "sample", [tree], References.OfThisProcess(), new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        var path = folder.Combine("sample.dll");
        using var assembly = File.Create(path);
        using var documentation = File.Create(Path.ChangeExtension(path, ".xml"));
        var result = compilation.Emit(assembly, xmlDocumentationStream: documentation);
        return result.Success ? path : throw new InvalidOperationException(string.Join(Environment.NewLine, result.Diagnostics));
    }
}
