using EdgeAI.Samples.Models;
using EdgeAI.Samples.Ocr;
using EdgeAI.Samples.Tests.Display;
using EdgeAI.Samples.Timing;
using EdgeAI.Samples.Voice;
using EdgeAI.Testing.Files;

namespace EdgeAI.Samples.Tests.Models;

public sealed class ModelProvisionerTests(SampleModels sample) : IAsyncLifetime
{
    // Any call of it fails the test that makes it.
    private static readonly NpmClient NoNpm = new("no-such-npm");

    private readonly TemporaryDirectory _directory = new();
    private readonly RecordingDisplay _display = new();
    private EdgeRuntime _edge = null!;

    public ValueTask InitializeAsync()
    {
        _edge = EdgeRuntime.Create(options => options.DataDirectory = _directory.Combine("edge"));
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _edge.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task EnsureAsync_EmptyStoreAndFolder_ImportsEachModelOnce()
    {
        var first = await EnsureAsync(OcrModels.Package, SampleModels.Folder);
        var second = await EnsureAsync(OcrModels.Package, SampleModels.Folder);

        Assert.Equal(new ProvisioningResult(null, 3), first);
        Assert.Equal(new ProvisioningResult(null, 0), second);
        Assert.Equal(["Importing ocr/det:v4", "Importing ocr/cls:v2", "Importing ocr/rec:v4"], _display.Titles);
        Assert.True(File.Exists(Provisioner.GetCompanionPath(OcrModels.KeyFile)));
    }

    [Fact]
    public async Task EnsureAsync_ModelsArePresent_NeedsNeitherNpmNorFolder()
    {
        await EnsureAsync(SpeechDetector.Package, SampleModels.Folder);

        Assert.Equal("nothing downloaded, nothing imported", (await EnsureAsync(SpeechDetector.Package, null)).ToString());
    }

    [Fact]
    public async Task EnsureAsync_FolderLacksAFile_ThrowsAndImportsNothing()
    {
        File.Copy(Path.Combine(SampleModels.Folder, OcrModels.Package.Models[0].FileName), _directory.Combine(OcrModels.Package.Models[0].FileName));

        var exception = await Assert.ThrowsAsync<SampleException>(() => EnsureAsync(OcrModels.Package, _directory.Path));

        Assert.Contains(OcrModels.Package.Models[1].FileName, exception.Message, StringComparison.Ordinal);
        Assert.Null(await _edge.Store.FindAsync(OcrModels.Package.Models[0].Reference, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task EnsureAsync_NoNpm_ThrowsAndLeavesNoDownload()
    {
        await Assert.ThrowsAsync<SampleException>(() => EnsureAsync(OcrModels.Package, null));

        Assert.Empty(Directory.GetDirectories(_directory.Path, "download-*"));
    }

    [Fact]
    public async Task EnsureAsync_KeyFileWasDeleted_BringsItBackWithoutAnImport()
    {
        await EnsureAsync(OcrModels.Package, SampleModels.Folder);
        File.Delete(Provisioner.GetCompanionPath(OcrModels.KeyFile));

        var result = await EnsureAsync(OcrModels.Package, SampleModels.Folder);

        Assert.Equal(0, result.ImportedModels);
        Assert.Equal(
            await File.ReadAllBytesAsync(sample.KeyFile, TestContext.Current.CancellationToken),
            await File.ReadAllBytesAsync(Provisioner.GetCompanionPath(OcrModels.KeyFile), TestContext.Current.CancellationToken));
    }

    private ModelProvisioner Provisioner => new(_edge.Store, _directory.Path, NoNpm, _display, new Timeline());

    private Task<ProvisioningResult> EnsureAsync(ModelPackage package, string? modelsDirectory) =>
        Provisioner.EnsureAsync(package, modelsDirectory, TestContext.Current.CancellationToken);
}
