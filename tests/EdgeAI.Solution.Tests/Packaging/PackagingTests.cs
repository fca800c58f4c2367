using System.IO.Compression;
using EdgeAI.Solution.Tests.Architecture;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using EdgeAI.Testing.Processes;

namespace EdgeAI.Solution.Tests.Packaging;

/// <summary>What a user does: a new console app outside this repository, one package, five lines.</summary>
public sealed class PackagingTests : IDisposable
{
    private const string Program = """
        using EdgeAI;
        using EdgeAI.Inference;
        using EdgeAI.Models;

        await using var edge = EdgeRuntime.Create(options => options.DataDirectory = "data");
        await edge.Store.ImportAsync("demo:1", ModelSource.FromFile("model.onnx"));
        await using var model = await edge.Engine.LoadAsync("demo:1");
        using var outputs = await model.RunAsync(new ModelInputs { ["x"] = TensorValue.Create(new float[] { 1, 2 }, 2) });
        Console.WriteLine(string.Join(' ', outputs.GetTensor("y").ToArray<float>()));
        """;

    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Packages_AddedToANewApp_ImportAndRunAModel()
    {
        var feed = new PackageFeed(_folder);
        try
        {
            await feed.PackAsync(Cancellation);
            CheckContents(feed);
            var app = await CreateAppAsync(feed);

            var result = await DotNetAsync(app, "run", "--configuration", "Release", "-p:UseSharedCompilation=false");

            Assert.Equal("2 3", result.Output.Trim());
        }
        finally
        {
            await feed.RemoveFromCacheAsync(CancellationToken.None);
        }
    }

    private static void CheckContents(PackageFeed feed) => Assert.All(PackageAssemblies.All, package =>
    {
        using var archive = ZipFile.OpenRead(Path.Combine(feed.Path, $"{package}.{feed.Version}.nupkg"));
        var entries = archive.Entries.Select(entry => entry.FullName).ToArray();

        Assert.Contains("README.md", entries);
        Assert.Contains($"lib/net10.0/{package}.dll", entries);
        Assert.Contains($"lib/net10.0/{package}.xml", entries);
        Assert.True(File.Exists(Path.Combine(feed.Path, $"{package}.{feed.Version}.snupkg")));
    });

    private static async Task<CommandResult> DotNetAsync(string app, params string[] arguments) =>
        (await ChildProcess.RunAsync("dotnet", arguments, app, Cancellation)).EnsureSuccess();

    private async Task<string> CreateAppAsync(PackageFeed feed)
    {
        var app = _folder.CreateDirectory("app");
        _folder.WriteFile("app/nuget.config", System.Text.Encoding.UTF8.GetBytes(Configuration(feed)));
        await DotNetAsync(app, "new", "console", "--framework", "net10.0", "--no-restore");
        await DotNetAsync(app, "add", "package", PackageAssemblies.Runtime, "--version", feed.Version);
        await File.WriteAllTextAsync(Path.Combine(app, "Program.cs"), Program, Cancellation);
        await File.WriteAllBytesAsync(Path.Combine(app, "model.onnx"), TestModels.AddOne.Content, Cancellation);
        return app;
    }

    // Everything but our own packages comes from whatever the machine has registered under the usual name.
    private static string Configuration(PackageFeed feed) => $"""
        <configuration>
          <packageSources>
            <add key="edgeai-local" value="{feed.Path}" />
          </packageSources>
          <packageSourceMapping>
            <packageSource key="nuget.org">
              <package pattern="*" />
            </packageSource>
            <packageSource key="edgeai-local">
              <package pattern="EdgeAI.*" />
            </packageSource>
          </packageSourceMapping>
        </configuration>
        """;
}
