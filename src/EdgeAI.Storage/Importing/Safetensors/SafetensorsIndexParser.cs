using System.Text.Json;

namespace EdgeAI.Storage.Importing.Safetensors;

/// <summary>Reads the index of a sharded model: which file holds which tensor. Source: the transformers documentation, "Sharded checkpoints".</summary>
internal static class SafetensorsIndexParser
{
    private const long MaxLength = 100_000_000;
    private const int MaxShards = 1024;

    /// <exception cref="MalformedModelException">It is not an index.</exception>
    public static SafetensorsIndex Parse(Stream stream)
    {
        if (stream.Length > MaxLength)
        {
            throw new MalformedModelException($"an index has at most {MaxLength} bytes; this file has {stream.Length}", 0);
        }

        var json = new byte[stream.Length];
        stream.Position = 0;
        stream.ReadExactly(json);
        return Parse(json);
    }

    private static SafetensorsIndex Parse(ReadOnlySpan<byte> json)
    {
        var text = new JsonText(json, 0);
        var metadata = new ModelMetadata();
        SortedSet<string>? shards = null;
        text.Next(JsonTokenType.StartObject);
        while (text.TryNextProperty(out var name))
        {
            text.Next();
            switch (name)
            {
                case "metadata":
                    ReadMetadata(ref text, metadata);
                    break;
                case "weight_map":
                    shards = shards is null ? ReadShards(ref text) : throw text.Malformed("it has two weight maps");
                    break;
                default:
                    text.Skip();
                    break;
            }
        }

        text.RequireEnd();
        return shards is { Count: > 0 }
            ? new SafetensorsIndex([.. shards], metadata.Entries)
            : throw new MalformedModelException("it names no file in a weight map, so it is not the index of a model", 0);
    }

    private static void ReadMetadata(ref JsonText text, ModelMetadata metadata)
    {
        text.Expect(JsonTokenType.StartObject);
        while (text.TryNextProperty(out var key))
        {
            text.Next();
            if (text.GetScalar() is { } value)
            {
                metadata.Add(key, value);
            }

            text.Skip();
        }
    }

    private static SortedSet<string> ReadShards(ref JsonText text)
    {
        var shards = new SortedSet<string>(StringComparer.Ordinal);
        text.Expect(JsonTokenType.StartObject);
        while (text.TryNextProperty(out _))
        {
            text.Next();
            if (shards.Add(text.GetText()) && shards.Count > MaxShards)
            {
                throw text.Malformed($"it names more than {MaxShards} files");
            }
        }

        return shards;
    }
}
