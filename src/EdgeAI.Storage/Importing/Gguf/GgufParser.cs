using System.IO.Hashing;
using System.Runtime.InteropServices;
using EdgeAI.Models;
using EdgeAI.Storage.Chunking;

namespace EdgeAI.Storage.Importing.Gguf;

/// <summary>Walks a GGUF file without loading it: metadata, and where each tensor lies. Source: the GGUF specification of ggml, <c>gguf.md</c>.</summary>
internal sealed partial class GgufParser
{
    private const uint FirstVersion = 2;
    private const uint LastVersion = 3;
    private const uint DefaultAlignment = 32;
    private const uint MaxAlignment = 1 << 20;
    private const int MaxTensors = 1 << 17;
    private const int MaxRank = 4;
    private const int MaxNameLength = 1 << 10;
    private const int MinTensorLength = sizeof(ulong) + sizeof(uint) + sizeof(uint) + sizeof(ulong);

    private readonly GgufReader _reader;
    private readonly long _length;
    private readonly ModelMetadata _metadata = new();
    private readonly HashSet<UInt128> _names = [];
    private uint _alignment = DefaultAlignment;

    private GgufParser(Stream stream)
    {
        _reader = new GgufReader(stream);
        _length = stream.Length;
    }

    /// <summary>What every GGUF file begins with.</summary>
    public static ReadOnlySpan<byte> Magic => "GGUF"u8;

    /// <summary>Walks a file.</summary>
    /// <param name="stream">A stream that can seek.</param>
    /// <exception cref="MalformedModelException">The file is not GGUF, or damaged.</exception>
    public static ParsedModel Parse(Stream stream) => new GgufParser(stream).Parse();

    private ParsedModel Parse()
    {
        ReadVersion();
        var tensorCount = _reader.ReadCount(MinTensorLength);
        var entryCount = _reader.ReadCount(MinEntryLength);
        ReadMetadata(entryCount);
        var tensors = ReadTensors(tensorCount);
        return new ParsedModel { Format = ModelFormat.Gguf, Tensors = Place(tensors), Metadata = _metadata.Entries };
    }

    private void ReadVersion()
    {
        Span<byte> magic = [_reader.ReadByte(), _reader.ReadByte(), _reader.ReadByte(), _reader.ReadByte()];
        if (!Magic.SequenceEqual(magic))
        {
            throw new MalformedModelException("it does not begin with 'GGUF'", 0);
        }

        var version = _reader.ReadUInt32();
        if (version is >= FirstVersion and <= LastVersion)
        {
            return;
        }

        throw new MalformedModelException(
            version << 16 == 0
                ? "it is a big-endian GGUF file; convert it to little-endian"
                : $"it is GGUF of version {version}; versions {FirstVersion} and {LastVersion} are read",
            Magic.Length);
    }

    private void RequireNew(string name, long start)
    {
        if (!_names.Add(XxHash128.HashToUInt128(MemoryMarshal.AsBytes(name.AsSpan()))))
        {
            throw new MalformedModelException($"it has the name '{name}' twice", start);
        }
    }

    private List<GgufTensorInfo> ReadTensors(long count)
    {
        if (count > MaxTensors)
        {
            throw new MalformedModelException($"it has more than {MaxTensors} tensors", _reader.Position);
        }

        _names.Clear();
        var tensors = new List<GgufTensorInfo>();
        for (var i = 0L; i < count; i++)
        {
            tensors.Add(ReadTensor());
        }

        return tensors;
    }

    private GgufTensorInfo ReadTensor()
    {
        var start = _reader.Position;
        var name = _reader.ReadText(MaxNameLength);
        RequireNew(name, start);
        var rank = _reader.ReadUInt32();
        if (rank > MaxRank)
        {
            throw new MalformedModelException($"the tensor '{name}' has {rank} dimensions; GGUF has up to {MaxRank}", start);
        }

        var shape = new long[rank];
        for (var i = 0; i < shape.Length; i++)
        {
            shape[i] = _reader.ReadUInt64() is <= long.MaxValue and var size ? (long)size : throw TooLarge(name, start);
        }

        var encoding = GgmlTypes.Find(_reader.ReadUInt32());
        var offset = _reader.ReadUInt64();
        if (offset > (ulong)_length || offset % _alignment != 0)
        {
            throw new MalformedModelException($"the tensor '{name}' begins at {offset} of the data, outside them or at no multiple of {_alignment}", start);
        }

        return new GgufTensorInfo(name, encoding, shape, (long)offset, encoding.IsKnown ? CountBytes(name, encoding, shape, start) : null, start);
    }

    private static long CountBytes(string name, TensorEncoding encoding, long[] shape, long start)
    {
        if (shape.Length > 0 && shape[0] % encoding.BlockElements != 0)
        {
            throw new MalformedModelException($"the rows of the tensor '{name}' are not whole blocks of {encoding.Name}", start);
        }

        try
        {
            return encoding.CountBytes(shape.Aggregate(1L, (elements, size) => checked(elements * size)));
        }
        catch (OverflowException)
        {
            throw TooLarge(name, start);
        }
    }

    // What the file says of a tensor whose type we do not know is where the next one begins.
    private List<TensorExtent> Place(List<GgufTensorInfo> infos)
    {
        var dataStart = (_reader.Position + _alignment - 1) / _alignment * _alignment;
        infos.Sort((left, right) => (left.Offset, left.Length ?? long.MaxValue).CompareTo((right.Offset, right.Length ?? long.MaxValue)));
        var dataLength = Math.Max(0, _length - dataStart);
        var tensors = new List<TensorExtent>();
        for (var i = 0; i < infos.Count; i++)
        {
            var info = infos[i];
            var end = i + 1 < infos.Count ? Math.Min(infos[i + 1].Offset, dataLength) : dataLength;
            var length = info.Length ?? end - info.Offset;
            if (info.Offset > dataLength || length > end - info.Offset)
            {
                throw new MalformedModelException($"the tensor '{info.Name}' overlaps the next one, or the file is cut short", info.Position);
            }

            if (length >= ChunkPlan.LargeTensor)
            {
                tensors.Add(new TensorExtent
                {
                    Name = info.Name,
                    Encoding = info.Encoding,
                    Shape = info.Shape,
                    Offset = dataStart + info.Offset,
                    Length = length,
                });
            }
        }

        return tensors;
    }

    private static MalformedModelException TooLarge(string name, long start) => new($"the tensor '{name}' is larger than any file", start);
}
