using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text.Json;
using EdgeAI.Storage.Chunking;

namespace EdgeAI.Storage.Importing.Safetensors;

/// <summary>
/// Reads the header of a safetensors file: 8 bytes of length, JSON, and then the tensors' bytes without a gap. Source: the safetensors
/// documentation, "Format".
/// </summary>
internal ref struct SafetensorsParser
{
    private const int LengthBytes = sizeof(ulong);
    private const long MaxHeaderLength = 100_000_000;
    private const int MaxTensors = 1 << 19;
    private const int MaxRank = 64;
    private const int MaxTypeLength = 32;
    private const string MetadataName = "__metadata__";

    private readonly string? _location;
    private readonly long _dataStart;
    private readonly long _dataLength;
    private readonly ModelMetadata _metadata = new();
    private readonly List<TensorExtent> _tensors = [];
    private readonly List<(long Start, long End)> _runs = [];

    // Names are compared by their hashes, so that a header of nothing but names does not fill the memory with them.
    private readonly HashSet<UInt128> _names = [];
    private JsonText _text;
    private long _covered;

    private SafetensorsParser(ReadOnlySpan<byte> json, string? location, long fileLength)
    {
        _location = location;
        _text = new JsonText(json, LengthBytes);
        _dataStart = LengthBytes + json.Length;
        _dataLength = fileLength - _dataStart;
    }

    /// <summary>Reads a file's header.</summary>
    /// <param name="stream">A stream that can seek.</param>
    /// <param name="location">What the model file calls the file; null for the model file itself.</param>
    /// <exception cref="MalformedModelException">It is not a safetensors file, or damaged.</exception>
    public static SafetensorsHeader Parse(Stream stream, string? location) =>
        new SafetensorsParser(ReadHeader(stream), location, stream.Length).Parse();

    private static byte[] ReadHeader(Stream stream)
    {
        if (stream.Length < LengthBytes)
        {
            throw new MalformedModelException("the file is cut short, or no safetensors file", 0);
        }

        Span<byte> prefix = stackalloc byte[LengthBytes];
        stream.Position = 0;
        stream.ReadExactly(prefix);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > MaxHeaderLength)
        {
            throw new MalformedModelException($"the header would have {length} bytes, and none has more than {MaxHeaderLength}: it is no safetensors file", 0);
        }

        if ((long)length > stream.Length - LengthBytes)
        {
            throw new MalformedModelException($"the file is cut short: its header alone has {length} bytes", 0);
        }

        var json = new byte[length];
        stream.ReadExactly(json);
        return json;
    }

    private SafetensorsHeader Parse()
    {
        _text.Next(JsonTokenType.StartObject);
        while (_text.TryNextProperty(out var name))
        {
            RequireNew(name);
            _text.Next(JsonTokenType.StartObject);
            if (name == MetadataName)
            {
                ReadMetadata();
            }
            else
            {
                ReadTensor(name);
            }
        }

        _text.RequireEnd();
        RequireCovered();
        return new SafetensorsHeader(_tensors, _metadata.Entries);
    }

    private readonly void RequireNew(string name)
    {
        if (!_names.Add(XxHash128.HashToUInt128(MemoryMarshal.AsBytes(name.AsSpan()))))
        {
            throw _text.Malformed($"it has two tensors '{name}'");
        }

        if (_names.Count > MaxTensors)
        {
            throw _text.Malformed($"it has more than {MaxTensors} tensors");
        }
    }

    private void ReadMetadata()
    {
        while (_text.TryNextProperty(out var key))
        {
            _text.Next(JsonTokenType.String);
            _metadata.Add(key, _text.GetScalar() ?? string.Empty);
        }
    }

    private void ReadTensor(string name)
    {
        string? type = null;
        List<long>? shape = null;
        List<long>? offsets = null;
        while (_text.TryNextProperty(out var property))
        {
            _text.Next();
            switch (property)
            {
                case "dtype" when type is null:
                    type = _text.GetText();
                    break;
                case "shape" when shape is null:
                    shape = ReadNumbers(MaxRank);
                    break;
                case "data_offsets" when offsets is null:
                    offsets = ReadNumbers(2);
                    break;
                case "dtype" or "shape" or "data_offsets":
                    throw _text.Malformed($"the tensor '{name}' has two of {property}");
                default:
                    _text.Skip();
                    break;
            }
        }

        if (type is null or { Length: > MaxTypeLength } || shape is null || offsets is not [var start, var end])
        {
            throw _text.Malformed($"the tensor '{name}' lacks its type, its shape or its place");
        }

        Add(name, SafetensorsTypes.Find(type), shape, start, end);
    }

    private List<long> ReadNumbers(int maxCount)
    {
        _text.Expect(JsonTokenType.StartArray);
        var numbers = new List<long>();
        for (_text.Next(); _text.Token != JsonTokenType.EndArray; _text.Next())
        {
            numbers.Add(numbers.Count < maxCount ? _text.GetNumber() : throw _text.Malformed($"a list has more than {maxCount} numbers"));
        }

        return numbers;
    }

    private void Add(string name, TensorEncoding encoding, List<long> shape, long start, long end)
    {
        if (start > end || end > _dataLength)
        {
            throw _text.Malformed($"the tensor '{name}' lies at {start} to {end} of the data, which have {_dataLength} bytes");
        }

        if (encoding.IsKnown && CountBytes(name, encoding, shape) != end - start)
        {
            throw _text.Malformed($"the tensor '{name}' has {end - start} bytes; its shape wants {CountBytes(name, encoding, shape)}");
        }

        if (start == end)
        {
            return;
        }

        // Checked as early as can be: what is kept is bounded by the data then.
        _covered += end - start;
        if (_covered > _dataLength)
        {
            throw _text.Malformed($"the tensor '{name}' overlaps another one");
        }

        _runs.Add((start, end));
        if (end - start >= ChunkPlan.LargeTensor)
        {
            _tensors.Add(new TensorExtent { Name = name, Encoding = encoding, Shape = [.. shape], Location = _location, Offset = _dataStart + start, Length = end - start });
        }
    }

    private readonly long CountBytes(string name, TensorEncoding encoding, List<long> shape)
    {
        try
        {
            return encoding.CountBytes(shape.Aggregate(1L, (elements, size) => checked(elements * size)));
        }
        catch (OverflowException)
        {
            throw _text.Malformed($"the tensor '{name}' is larger than any file");
        }
    }

    private readonly void RequireCovered()
    {
        _runs.Sort();
        long position = 0;
        foreach (var (start, end) in _runs)
        {
            if (start != position)
            {
                throw new MalformedModelException(start < position ? "two tensors overlap" : "there is a gap between two tensors", _dataStart + start);
            }

            position = end;
        }

        if (position != _dataLength)
        {
            throw new MalformedModelException($"{_dataLength - position} bytes after the last tensor belong to none", _dataStart + position);
        }
    }
}
