using Mono.Cecil;

namespace EdgeAI.Solution.Tests.Architecture;

/// <summary>The assemblies of the packages, as they were built for these tests.</summary>
internal static class PackageAssemblies
{
    public const string Abstractions = "EdgeAI.Abstractions";
    public const string Storage = "EdgeAI.Storage";
    public const string StorageS3 = "EdgeAI.Storage.S3";
    public const string Runtime = "EdgeAI.Runtime";
    public const string ConfigurationYaml = "EdgeAI.Configuration.Yaml";
    public const string AspNetCore = "EdgeAI.AspNetCore";
    public const string Remote = "EdgeAI.Remote";

    public static readonly string[] All = [Abstractions, Storage, StorageS3, Runtime, ConfigurationYaml, AspNetCore, Remote];

    public static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, name + ".dll");

    public static AssemblyDefinition Read(string name) => AssemblyDefinition.ReadAssembly(PathOf(name));

    /// <summary>The names of the assemblies that one refers to, without those of the .NET runtime itself.</summary>
    public static string[] ReferencesOf(string name)
    {
        using var assembly = Read(name);
        var framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        return [.. assembly.MainModule.AssemblyReferences
            .Select(reference => reference.Name)
            .Where(reference => !File.Exists(Path.Combine(framework, reference + ".dll")))];
    }
}
