using EdgeAI.AspNetCore.Serving;
using EdgeAI.Memory;

namespace EdgeAI.AspNetCore.Protocol;

/// <summary>The store as the protocol's repository extension sees it.</summary>
internal sealed class ModelRepository(ServedModels models)
{
    public async ValueTask<IReadOnlyList<RepositoryEntry>> ListAsync(bool isReadyOnly, CancellationToken cancellationToken)
    {
        var loaded = models.Engine.GetMemory().Models.ToLookup(model => model.Digest);
        var stored = await models.Store.ListAsync(cancellationToken).ConfigureAwait(false);
        return
        [
            .. stored
                .Select(model => Describe(model.Reference.Name, model.Reference.Tag!, loaded[model.Digest].Select(entry => entry.State)))
                .Where(entry => !isReadyOnly || entry.State == RepositoryEntry.Ready),
        ];
    }

    private static RepositoryEntry Describe(string name, string version, IEnumerable<LoadedModelState> states)
    {
        LoadedModelState[] all = [.. states];
        return all.Contains(LoadedModelState.Loaded) ? new(name, version, RepositoryEntry.Ready, string.Empty)
            : all.Contains(LoadedModelState.Loading) ? new(name, version, "LOADING", "it is being loaded")
            : all.Contains(LoadedModelState.Leaving) ? new(name, version, "UNLOADING", "it is being unloaded")
            : new(name, version, "UNAVAILABLE", "not loaded; a request loads it");
    }
}
