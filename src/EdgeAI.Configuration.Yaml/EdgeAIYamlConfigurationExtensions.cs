using EdgeAI.Configuration.Yaml;

#pragma warning disable IDE0130 // Where users of configuration look for Add… methods.
namespace Microsoft.Extensions.Configuration;
#pragma warning restore IDE0130

/// <summary>Adds EdgeAI's options from YAML to an app's configuration.</summary>
public static class EdgeAIYamlConfigurationExtensions
{
    /// <summary>
    /// Adds a file. Its words are those of the JSON form, in any case: a file that begins with <c>EdgeAI:</c> is read as it stands, one that begins with <c>monitoring:</c>, <c>storage:</c> and so on as what
    /// stands in that section, and one that begins with <c>metrics:</c> as the rules of monitoring.
    /// </summary>
    /// <param name="builder">The app's configuration.</param>
    /// <param name="path">The file, relative to the builder's base path.</param>
    /// <param name="optional">Whether it may be missing.</param>
    /// <param name="reloadOnChange">Whether the configuration is read again when the file changes. An instance that has started keeps its options.</param>
    /// <returns>The same builder. Building it throws <see cref="InvalidDataException"/> with the line where the file is not YAML, or has more than maps, lists and values.</returns>
    public static IConfigurationBuilder AddEdgeAIYamlFile(this IConfigurationBuilder builder, string path, bool optional = false, bool reloadOnChange = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(path);
        var source = new YamlConfigurationSource { Path = path, Optional = optional, ReloadOnChange = reloadOnChange };
        source.ResolveFileProvider();
        return builder.Add(source);
    }
}
