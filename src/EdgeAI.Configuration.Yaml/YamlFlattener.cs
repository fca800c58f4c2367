using System.Globalization;
using Microsoft.Extensions.Configuration;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace EdgeAI.Configuration.Yaml;

/// <summary>
/// Turns a YAML document into keys and values as the JSON form has them: <c>EdgeAI:Monitoring:Metrics:0:Name</c>. Aliases are refused, so that a short file can't become a long one, and so is what is nested deeper than
/// options ever are.
/// </summary>
internal sealed class YamlFlattener(IParser parser)
{
    private const int MaxDepth = 32;
    private const string Section = EdgeAIOptions.SectionName;
    private const string Rules = Section + ":" + nameof(EdgeAIOptions.Monitoring);

    private readonly Dictionary<string, string?> _data = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads a document.</summary>
    /// <exception cref="FormatException">It is not YAML, or not of maps, lists and values.</exception>
    public static IDictionary<string, string?> Read(TextReader reader)
    {
        try
        {
            return new YamlFlattener(new Parser(reader)).Read();
        }
        catch (YamlException exception)
        {
            throw new FormatException($"Line {exception.Start.Line}, column {exception.Start.Column}: it is not YAML. {exception.Message}", exception);
        }
    }

    private Dictionary<string, string?> Read()
    {
        parser.Consume<StreamStart>();
        if (parser.TryConsume<DocumentStart>(out _))
        {
            if (parser.TryConsume<MappingStart>(out _))
            {
                ReadMap(null, 1);
            }
            else if (parser.TryConsume<Scalar>(out var only) && !string.IsNullOrEmpty(only.Value))
            {
                throw Wrong(only, "the document must be a map, such as 'EdgeAI:' or 'metrics:' with something below it");
            }

            parser.Consume<DocumentEnd>();
        }

        return parser.TryConsume<StreamEnd>(out _) ? _data : throw Wrong(parser.Current!, "one document is enough");
    }

    private void ReadMap(string? prefix, int depth)
    {
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var key = parser.TryConsume<Scalar>(out var scalar) && scalar.Value.Length > 0 ? scalar : throw Wrong(parser.Current!, "a key must be a word");
            ReadValue(prefix is null ? Root(key.Value) : ConfigurationPath.Combine(prefix, key.Value), depth);
        }
    }

    private void ReadValue(string path, int depth)
    {
        if (depth > MaxDepth)
        {
            throw Wrong(parser.Current!, $"it is nested deeper than {MaxDepth}");
        }

        if (parser.TryConsume<Scalar>(out var scalar))
        {
            // What is written without quotation marks and is nothing stands for nothing.
            var value = scalar is { Style: ScalarStyle.Plain, Value: "" or "~" or "null" } ? null : scalar.Value;
            if (!_data.TryAdd(path, value))
            {
                throw Wrong(scalar, $"'{path}' is there twice");
            }
        }
        else if (parser.TryConsume<MappingStart>(out _))
        {
            ReadMap(path, depth + 1);
        }
        else if (parser.TryConsume<SequenceStart>(out _))
        {
            for (var i = 0; !parser.TryConsume<SequenceEnd>(out _); i++)
            {
                ReadValue(ConfigurationPath.Combine(path, i.ToString(CultureInfo.InvariantCulture)), depth + 1);
            }
        }
        else
        {
            throw Wrong(parser.Current!, "only maps, lists and values are read, no aliases");
        }
    }

    // A file of EdgeAI's own need not say whose it is.
    private static string Root(string key) =>
        key.Equals(Section, StringComparison.OrdinalIgnoreCase) ? Section
        : key.Equals(nameof(MonitoringOptions.Metrics), StringComparison.OrdinalIgnoreCase) ? ConfigurationPath.Combine(Rules, key)
        : ConfigurationPath.Combine(Section, key);

    private static FormatException Wrong(ParsingEvent at, string what) => new($"Line {at.Start.Line}, column {at.Start.Column}: {what}.");
}
