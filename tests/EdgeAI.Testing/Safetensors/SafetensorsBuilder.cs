using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace EdgeAI.Testing.Safetensors;

/// <summary>Writes safetensors files, so that tests decide every byte of them. Source: the safetensors documentation, "Format".</summary>
public sealed class SafetensorsBuilder
{
    private readonly List<string> _entries = [];
    private readonly List<byte> _data = [];

    /// <summary>Spaces between the header and the tensors, as writers put there to align them.</summary>
    public int Padding { get; set; }

    /// <summary>Adds a tensor of 32-bit floats.</summary>
    public SafetensorsBuilder Tensor(string name, float[] values, params long[] shape) => Tensor(name, "F32", MemoryMarshal.AsBytes<float>(values), shape);

    /// <summary>Adds a tensor of bytes after those before it.</summary>
    public SafetensorsBuilder Tensor(string name, string type, ReadOnlySpan<byte> data, params long[] shape)
    {
        var start = _data.Count;
        _data.AddRange(data);
        return Entry(name, $$"""{"dtype":"{{type}}","shape":[{{Join(shape)}}],"data_offsets":[{{start}},{{_data.Count}}]}""");
    }

    /// <summary>Adds metadata of one entry.</summary>
    public SafetensorsBuilder Metadata(string key, string value) => Entry("__metadata__", $$"""{"{{key}}":"{{value}}"}""");

    /// <summary>Adds an entry to the header as it is, whatever it says.</summary>
    public SafetensorsBuilder Entry(string name, string json)
    {
        _entries.Add($"\"{name}\":{json}");
        return this;
    }

    /// <summary>Adds bytes to the data that no entry speaks of.</summary>
    public SafetensorsBuilder Data(ReadOnlySpan<byte> data)
    {
        _data.AddRange(data);
        return this;
    }

    /// <summary>The file's bytes.</summary>
    public byte[] Build() => Build("{" + string.Join(',', _entries) + "}" + new string(' ', Padding), _data.ToArray());

    /// <summary>A file of any header.</summary>
    public static byte[] Build(string header, byte[] data)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var prefix = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(prefix, json.Length);
        return [.. prefix, .. json, .. data];
    }

    private static string Join(long[] shape) => string.Join(',', shape.Select(size => size.ToString(CultureInfo.InvariantCulture)));
}
