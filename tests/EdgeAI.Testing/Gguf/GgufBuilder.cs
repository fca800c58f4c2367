using System.Runtime.InteropServices;
using System.Text;

namespace EdgeAI.Testing.Gguf;

/// <summary>Writes GGUF files, so that tests decide every byte of them. Source: the GGUF specification of ggml.</summary>
public sealed class GgufBuilder
{
    private readonly List<Action<BinaryWriter>> _metadata = [];
    private readonly List<Action<BinaryWriter>> _tensors = [];
    private readonly List<byte> _data = [];

    /// <summary>The version that the file says it has.</summary>
    public uint Version { get; set; } = 3;

    /// <summary>How tensors are aligned; set it before the first is added, and write it by <see cref="Number"/>.</summary>
    public int Alignment { get; set; } = 32;

    /// <summary>What the file says is its number of tensors; null for the true one.</summary>
    public ulong? TensorCount { get; set; }

    /// <summary>What the file says is its number of metadata entries; null for the true one.</summary>
    public ulong? MetadataCount { get; set; }

    /// <summary>Adds a text to the metadata.</summary>
    public GgufBuilder Text(string key, string value) => Value(key, 8, writer => WriteText(writer, value));

    /// <summary>Adds a number to the metadata.</summary>
    public GgufBuilder Number(string key, uint value) => Value(key, 4, writer => writer.Write(value));

    /// <summary>Adds a list of texts to the metadata.</summary>
    public GgufBuilder Texts(string key, params string[] values) => Value(key, 9, writer =>
    {
        writer.Write(8u);
        writer.Write((ulong)values.Length);
        Array.ForEach(values, value => WriteText(writer, value));
    });

    /// <summary>Adds anything to the metadata.</summary>
    /// <param name="key">The key.</param>
    /// <param name="type">The number of the type.</param>
    /// <param name="write">Writes the value.</param>
    public GgufBuilder Value(string key, uint type, Action<BinaryWriter> write)
    {
        _metadata.Add(writer =>
        {
            WriteText(writer, key);
            writer.Write(type);
            write(writer);
        });
        return this;
    }

    /// <summary>Adds a tensor of 32-bit floats.</summary>
    public GgufBuilder Tensor(string name, float[] values, params ulong[] shape) => Tensor(name, 0, MemoryMarshal.AsBytes<float>(values), shape);

    /// <summary>Adds a tensor of any type at the next aligned place.</summary>
    public GgufBuilder Tensor(string name, uint type, ReadOnlySpan<byte> data, params ulong[] shape)
    {
        _data.AddRange(new byte[(Alignment - (_data.Count % Alignment)) % Alignment]);
        var offset = (ulong)_data.Count;
        _data.AddRange(data);
        return Announce(name, type, offset, shape);
    }

    /// <summary>Adds what the file says of a tensor, and no bytes of it.</summary>
    public GgufBuilder Announce(string name, uint type, ulong offset, params ulong[] shape)
    {
        _tensors.Add(writer =>
        {
            WriteText(writer, name);
            writer.Write((uint)shape.Length);
            Array.ForEach(shape, writer.Write);
            writer.Write(type);
            writer.Write(offset);
        });
        return this;
    }

    /// <summary>The file's bytes.</summary>
    public byte[] Build()
    {
        using var file = new MemoryStream();
        using var writer = new BinaryWriter(file);
        writer.Write("GGUF"u8);
        writer.Write(Version);
        writer.Write(TensorCount ?? (ulong)_tensors.Count);
        writer.Write(MetadataCount ?? (ulong)_metadata.Count);
        _metadata.ForEach(write => write(writer));
        _tensors.ForEach(write => write(writer));
        writer.Write(new byte[(int)((Alignment - (file.Length % Alignment)) % Alignment)]);
        writer.Write(_data.ToArray());
        return file.ToArray();
    }

    private static void WriteText(BinaryWriter writer, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
    }
}
