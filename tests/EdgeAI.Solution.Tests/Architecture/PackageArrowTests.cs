using Mono.Cecil;

namespace EdgeAI.Solution.Tests.Architecture;

/// <summary>Who may know whom, among the packages and outside them.</summary>
public sealed class PackageArrowTests
{
    // The builder is over a service collection, and the options say which of their parts are validated too.
    private static readonly string[] AllowedInAbstractions = ["Microsoft.Extensions.DependencyInjection.Abstractions", "Microsoft.Extensions.Options"];

    [Fact]
    public void Packages_AreTheProjectsOfSrc() => Assert.Equal(
        PackageAssemblies.All.Order(),
        SourceFiles.Find("*.csproj", "src").Select(path => Path.GetFileNameWithoutExtension(path)).Order());

    [Fact]
    public void Abstractions_Reference_NothingOfThirdParties() =>
        Assert.Empty(PackageAssemblies.ReferencesOf(PackageAssemblies.Abstractions).Except(AllowedInAbstractions));

    [Fact]
    public void Storage_References_OnlyTheAbstractionsOfOurs() =>
        Assert.Equal([PackageAssemblies.Abstractions], OwnReferencesOf(PackageAssemblies.Storage));

    [Fact]
    public void StorageS3_References_OnlyTheAbstractionsOfOursAndTheSdk()
    {
        Assert.Equal([PackageAssemblies.Abstractions], OwnReferencesOf(PackageAssemblies.StorageS3));
        Assert.Contains("AWSSDK.S3", PackageAssemblies.ReferencesOf(PackageAssemblies.StorageS3));
    }

    [Fact]
    public void ConfigurationYaml_References_AtMostTheAbstractionsOfOursAndTheParser()
    {
        // Their constants are compiled in.
        Assert.Empty(OwnReferencesOf(PackageAssemblies.ConfigurationYaml).Except([PackageAssemblies.Abstractions]));
        Assert.Contains("YamlDotNet", PackageAssemblies.ReferencesOf(PackageAssemblies.ConfigurationYaml));
    }

    [Fact]
    public void Remote_References_OnlyTheAbstractionsOfOursAndWhatItSpeaksWith()
    {
        Assert.Equal([PackageAssemblies.Abstractions], OwnReferencesOf(PackageAssemblies.Remote));
        Assert.Contains("Grpc.Net.Client", PackageAssemblies.ReferencesOf(PackageAssemblies.Remote));
        Assert.Contains("Polly.Core", PackageAssemblies.ReferencesOf(PackageAssemblies.Remote));
    }

    [Fact]
    public void Storage_References_NoOnnxRuntime() =>
        Assert.DoesNotContain(
            PackageAssemblies.ReferencesOf(PackageAssemblies.Storage),
            reference => reference.Contains("OnnxRuntime", StringComparison.Ordinal));

    [Fact]
    public void Runtime_References_TheAbstractionsAndTheStorageItTakesAlong() =>
        Assert.Equal([PackageAssemblies.Abstractions, PackageAssemblies.Storage], OwnReferencesOf(PackageAssemblies.Runtime).Order());

    [Fact]
    public void Runtime_References_OnnxRuntime() =>
        Assert.Contains("Microsoft.ML.OnnxRuntime", PackageAssemblies.ReferencesOf(PackageAssemblies.Runtime));

    [Fact]
    public void AspNetCore_References_TheRuntimeAndWhatItBrings() =>
        Assert.Equal([PackageAssemblies.Abstractions, PackageAssemblies.Storage], OwnReferencesOf(PackageAssemblies.AspNetCore).Except([PackageAssemblies.Runtime]).Order());

    [Theory]
    [InlineData(PackageAssemblies.Abstractions)]
    [InlineData(PackageAssemblies.Storage)]
    [InlineData(PackageAssemblies.StorageS3)]
    [InlineData(PackageAssemblies.Runtime)]
    public void OtherPackages_Reference_NoWebFramework(string package) =>
        Assert.DoesNotContain(
            PackageAssemblies.ReferencesOf(package),
            reference => reference.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) || reference.StartsWith("Grpc", StringComparison.Ordinal) || reference.StartsWith("OpenTelemetry", StringComparison.Ordinal));

    [Fact]
    public void Runtime_NamesStorageTypes_OnlyWhereItIsComposed()
    {
        using var runtime = PackageAssemblies.Read(PackageAssemblies.Runtime);
        var uses = TypeUses.Of(runtime.MainModule, PackageAssemblies.Storage).ToArray();

        Assert.NotEmpty(uses);
        Assert.All(uses, use => Assert.True(IsComposition(use.User), $"{use.User.FullName} names {use.Used}"));
    }

    [Fact]
    public void TypeUses_OfTheStoragesOwnUses_AreFound()
    {
        using var storage = PackageAssemblies.Read(PackageAssemblies.Storage);

        Assert.Contains(
            TypeUses.Of(storage.MainModule, PackageAssemblies.Abstractions),
            use => use.User.Name == "ModelStore" && use.Used == "EdgeAI.Storage.IModelStore");
    }

    [Theory]
    [InlineData(PackageAssemblies.Abstractions)]
    [InlineData(PackageAssemblies.Storage)]
    [InlineData(PackageAssemblies.StorageS3)]
    [InlineData(PackageAssemblies.Runtime)]
    [InlineData(PackageAssemblies.ConfigurationYaml)]
    [InlineData(PackageAssemblies.AspNetCore)]
    [InlineData(PackageAssemblies.Remote)]
    public void Packages_Reference_NoTestSampleOrBenchmark(string package) =>
        Assert.DoesNotContain(
            PackageAssemblies.ReferencesOf(package),
            reference => reference.Contains("Test", StringComparison.Ordinal)
                || reference.Contains("Sample", StringComparison.Ordinal)
                || reference.Contains("Bench", StringComparison.Ordinal)
                || reference.Contains("xunit", StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<string> OwnReferencesOf(string package) =>
        PackageAssemblies.ReferencesOf(package).Where(reference => reference.StartsWith("EdgeAI.", StringComparison.Ordinal));

    private static bool IsComposition(TypeDefinition type) =>
        type.Namespace == "Microsoft.Extensions.DependencyInjection"
        || type.Name.Contains("ServiceCollectionExtensions", StringComparison.Ordinal)
        || type.Name.Contains("Composition", StringComparison.Ordinal);
}
