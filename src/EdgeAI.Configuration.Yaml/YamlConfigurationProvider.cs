using Microsoft.Extensions.Configuration;

namespace EdgeAI.Configuration.Yaml;

/// <summary>Reads a YAML file into keys and values.</summary>
internal sealed class YamlConfigurationProvider(YamlConfigurationSource source) : FileConfigurationProvider(source)
{
    public override void Load(Stream stream)
    {
        using var reader = new StreamReader(stream);
        Data = YamlFlattener.Read(reader);
    }
}
