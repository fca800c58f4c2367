using EdgeAI.Models;
using EdgeAI.Providers;
using EdgeAI.Remote.Configuration;

namespace EdgeAI.Remote.Protocol;

/// <summary>What a cluster calls a model.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version; empty for the cluster's choice.</param>
internal sealed record RemoteModelName(string Name, string Version)
{
    public static RemoteModelName Of(RemoteModel model, RemoteClusterOptions options)
    {
        var reference = model.Reference;
        var special = Find(reference, options);
        var version = special?.Version
            ?? (options.PinVersions ? model.Digest : null)?.ToString()
            ?? reference.Digest?.ToString()
            ?? (reference.Tag == ModelReference.DefaultTag ? string.Empty : reference.Tag!);
        return new RemoteModelName(special?.Name ?? reference.Name, version);
    }

    public static RemoteModelOptions? Find(ModelReference reference, RemoteClusterOptions options) =>
        options.Models.TryGetValue(reference.ToString(), out var special) || options.Models.TryGetValue($"{reference.Name}@{reference.Tag}", out special) ? special : null;

    public override string ToString() => Version.Length == 0 ? $"'{Name}'" : $"'{Name}', version '{Version}'";
}
