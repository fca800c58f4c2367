using EdgeAI.AspNetCore.Serving;
using EdgeAI.Models;

namespace EdgeAI.AspNetCore.Protocol;

/// <summary>Looks up what the protocol says of models, without loading them.</summary>
internal sealed class ModelDescriptions(ServedModels models, ServerHealth health)
{
    /// <exception cref="ModelNotFoundException">There is no such model.</exception>
    public async ValueTask<ModelDescription> DescribeAsync(string name, string? version, CancellationToken cancellationToken)
    {
        var (reference, _) = await models.ResolveAsync(name, version, cancellationToken).ConfigureAwait(false);
        var manifest = await models.Store.InspectAsync(reference, cancellationToken).ConfigureAwait(false);
        var tags = (await models.Store.ListAsync(cancellationToken).ConfigureAwait(false))
            .Where(model => model.Reference.Name == reference.Name)
            .OrderBy(model => model.ImportedAt)
            .Select(model => model.Reference.Tag!);
        return new ModelDescription(
            reference,
            [.. tags],
            manifest.Format == ModelFormat.Onnx ? ServerIdentity.Platform : manifest.Format.ToString().ToLowerInvariant(),
            manifest.Signature);
    }

    /// <summary>Whether requests for a model are answered: it is there, and what it needs to be loaded is too.</summary>
    public async ValueTask<bool> IsReadyAsync(string name, string? version, CancellationToken cancellationToken)
    {
        try
        {
            var (reference, _) = await models.ResolveAsync(name, version, cancellationToken).ConfigureAwait(false);
            var manifest = await models.Store.InspectAsync(reference, cancellationToken).ConfigureAwait(false);
            return health.IsReady && manifest.Format == ModelFormat.Onnx;
        }
        catch (ModelNotFoundException)
        {
            return false;
        }
    }
}
