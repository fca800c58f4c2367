using Microsoft.Extensions.Configuration;

namespace EdgeAI.Configuration.Yaml;

/// <summary>A YAML file with EdgeAI's options.</summary>
internal sealed class YamlConfigurationSource : FileConfigurationSource
{
    public override IConfigurationProvider Build(IConfigurationBuilder builder)
    {
        EnsureDefaults(builder);
        return new YamlConfigurationProvider(this);
    }
}
