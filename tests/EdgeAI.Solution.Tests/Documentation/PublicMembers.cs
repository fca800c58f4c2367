using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace EdgeAI.Solution.Tests.Documentation;

/// <summary>Finds what a package shows to its users.</summary>
internal static class PublicMembers
{
    /// <summary>The public and protected types and members of an assembly, with the documentation beside it.</summary>
    public static IReadOnlyList<DocumentedMember> Read(string assemblyPath)
    {
        var provider = new XmlFileDocumentation(Path.ChangeExtension(assemblyPath, ".xml"));
        var reference = MetadataReference.CreateFromFile(assemblyPath, documentation: provider);
        var compilation = CSharpCompilation.Create("documentation", references: [reference, .. References.OfThisProcess(except: assemblyPath)]);
        var assembly = (IAssemblySymbol)compilation.GetAssemblyOrModuleSymbol(reference)!;
        return [.. TypesOf(assembly.GlobalNamespace).SelectMany(MembersOf).Select(symbol => new DocumentedMember(symbol))];
    }

    private static IEnumerable<INamedTypeSymbol> TypesOf(INamespaceOrTypeSymbol container) =>
        from member in container.GetMembers().OfType<INamespaceOrTypeSymbol>()
        where member is INamespaceSymbol || IsShown(member)
        from type in TypesOf(member).Concat(member is INamedTypeSymbol named ? [named] : [])
        select type;

    private static IEnumerable<ISymbol> MembersOf(INamedTypeSymbol type) =>
        type.GetMembers().Where(member => member is not INamedTypeSymbol && IsShown(member) && IsWritten(member)).Prepend(type);

    private static bool IsShown(ISymbol symbol) =>
        symbol.DeclaredAccessibility is Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal;

    // Accessors are documented with their property; what the compiler makes of its own accord has no place for a comment.
    private static bool IsWritten(ISymbol member) =>
        !member.IsImplicitlyDeclared
        && member is not IMethodSymbol { MethodKind: MethodKind.PropertyGet or MethodKind.PropertySet or MethodKind.EventAdd or MethodKind.EventRemove }
        && member is not IMethodSymbol { MethodKind: MethodKind.Constructor, Parameters.Length: 0 }
        && !member.GetAttributes().Any(attribute => attribute.AttributeClass?.Name == "CompilerGeneratedAttribute")
        && !IsRecordCopy(member);

    private static bool IsRecordCopy(ISymbol member) =>
        member is IMethodSymbol { Name: ".ctor" or "<Clone>$", ContainingType.IsRecord: true } method
        && method.Parameters.All(parameter => SymbolEqualityComparer.Default.Equals(parameter.Type, member.ContainingType));
}
