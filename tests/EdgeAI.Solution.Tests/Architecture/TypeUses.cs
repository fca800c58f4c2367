using Mono.Cecil;
using Mono.Cecil.Cil;

namespace EdgeAI.Solution.Tests.Architecture;

/// <summary>Which types of one assembly name types of another, by what the compiler wrote.</summary>
internal static class TypeUses
{
    /// <summary>The outermost types in a module that name anything of the other assembly, with what they name.</summary>
    public static IEnumerable<(TypeDefinition User, string Used)> Of(ModuleDefinition module, string usedAssembly) =>
        from type in module.GetTypes()
        from reference in ReferencesOf(type)
        let used = ElementOf(reference)
        where used.Scope is AssemblyNameReference scope && scope.Name == usedAssembly
        select (OutermostOf(type), used.FullName);

    private static TypeDefinition OutermostOf(TypeDefinition type) => type.DeclaringType is { } outer ? OutermostOf(outer) : type;

    private static TypeReference ElementOf(TypeReference type) => type.GetElementType() is var element && element != type ? ElementOf(element) : type;

    private static IEnumerable<TypeReference> ReferencesOf(TypeDefinition type)
    {
        IEnumerable<TypeReference?> direct =
        [
            type.BaseType,
            .. type.Interfaces.Select(implemented => implemented.InterfaceType),
            .. type.Fields.Select(field => field.FieldType),
            .. type.Properties.Select(property => property.PropertyType),
            .. type.CustomAttributes.Select(attribute => attribute.AttributeType),
            .. type.Methods.SelectMany(ReferencesOf),
        ];
        return direct.OfType<TypeReference>().SelectMany(WithArguments);
    }

    private static IEnumerable<TypeReference?> ReferencesOf(MethodDefinition method) =>
    [
        method.ReturnType,
        .. method.Parameters.Select(parameter => parameter.ParameterType),
        .. method.HasBody ? method.Body.Variables.Select(variable => variable.VariableType) : [],
        .. method.HasBody ? method.Body.Instructions.SelectMany(ReferencesOf) : [],
    ];

    private static IEnumerable<TypeReference?> ReferencesOf(Instruction instruction) => instruction.Operand switch
    {
        TypeReference type => [type],
        GenericInstanceMethod method => [method.DeclaringType, .. method.GenericArguments],
        MemberReference member => [member.DeclaringType],
        _ => [],
    };

    private static IEnumerable<TypeReference> WithArguments(TypeReference type) =>
        type is GenericInstanceType generic ? generic.GenericArguments.SelectMany(WithArguments).Prepend(type) : [type];
}
