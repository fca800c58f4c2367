using System.Globalization;

namespace EdgeAI.Storage.Importing.Gguf;

internal sealed partial class GgufParser
{
    private const string AlignmentKey = "general.alignment";
    private const int MaxEntries = 1 << 16;
    private const int MaxKeyLength = (1 << 16) - 1;
    private const int MaxArrayDepth = 4;
    private const int MinEntryLength = sizeof(ulong) + sizeof(uint) + 1;

    private void ReadMetadata(long count)
    {
        if (count > MaxEntries)
        {
            throw new MalformedModelException($"it has more than {MaxEntries} metadata entries", _reader.Position);
        }

        for (var i = 0L; i < count; i++)
        {
            var start = _reader.Position;
            var key = _reader.ReadText(MaxKeyLength);
            RequireNew(key, start);
            var type = (GgufValueType)_reader.ReadUInt32();
            if (key == AlignmentKey)
            {
                ReadAlignment(type, start);
            }
            else if (type == GgufValueType.Array)
            {
                SkipArray(0);
            }
            else
            {
                _metadata.Add(key, ReadScalar(type, start));
            }
        }
    }

    private void ReadAlignment(GgufValueType type, long start)
    {
        var alignment = type == GgufValueType.UInt32 ? _reader.ReadUInt32() : 0;
        _alignment = alignment is > 0 and <= MaxAlignment && (alignment & (alignment - 1)) == 0
            ? alignment
            : throw new MalformedModelException($"its alignment is no power of two up to {MaxAlignment}", start);
    }

    private string ReadScalar(GgufValueType type, long start) => type switch
    {
        GgufValueType.UInt8 => Format(_reader.ReadByte()),
        GgufValueType.Int8 => Format((sbyte)_reader.ReadByte()),
        GgufValueType.UInt16 => Format(_reader.ReadUInt16()),
        GgufValueType.Int16 => Format((short)_reader.ReadUInt16()),
        GgufValueType.UInt32 => Format(_reader.ReadUInt32()),
        GgufValueType.Int32 => Format((int)_reader.ReadUInt32()),
        GgufValueType.UInt64 => Format(_reader.ReadUInt64()),
        GgufValueType.Int64 => Format((long)_reader.ReadUInt64()),
        GgufValueType.Float32 => Format(BitConverter.UInt32BitsToSingle(_reader.ReadUInt32())),
        GgufValueType.Float64 => Format(BitConverter.UInt64BitsToDouble(_reader.ReadUInt64())),
        GgufValueType.Bool => _reader.ReadByte() == 0 ? "false" : "true",
        GgufValueType.Text => ReadShortText(),
        _ => throw UnknownType(type, start),
    };

    private static string Format<T>(T value)
        where T : IFormattable => value.ToString(null, CultureInfo.InvariantCulture);

    // A long text (a chat template, a licence) stays in the file.
    private string ReadShortText()
    {
        var length = _reader.ReadUInt64();
        if (length > ModelMetadata.MaxLength)
        {
            _reader.Skip(length);
            return string.Empty;
        }

        return _reader.ReadTextOf((int)length);
    }

    private void SkipArray(int depth)
    {
        var start = _reader.Position;
        if (depth == MaxArrayDepth)
        {
            throw new MalformedModelException($"lists are nested more than {MaxArrayDepth} deep", start);
        }

        var type = (GgufValueType)_reader.ReadUInt32();
        var size = SizeOf(type, start);
        var count = _reader.ReadCount(size);
        if (type is not (GgufValueType.Text or GgufValueType.Array))
        {
            _reader.Skip((ulong)count * (ulong)size);
            return;
        }

        for (var i = 0L; i < count; i++)
        {
            if (type == GgufValueType.Array)
            {
                SkipArray(depth + 1);
            }
            else
            {
                _reader.Skip(_reader.ReadUInt64());
            }
        }
    }

    // The least that a value takes.
    private static int SizeOf(GgufValueType type, long start) => type switch
    {
        GgufValueType.UInt8 or GgufValueType.Int8 or GgufValueType.Bool => 1,
        GgufValueType.UInt16 or GgufValueType.Int16 => 2,
        GgufValueType.UInt32 or GgufValueType.Int32 or GgufValueType.Float32 => 4,
        GgufValueType.UInt64 or GgufValueType.Int64 or GgufValueType.Float64 or GgufValueType.Text => 8,
        GgufValueType.Array => 12,
        _ => throw UnknownType(type, start),
    };

    private static MalformedModelException UnknownType(GgufValueType type, long start) =>
        new($"a metadata value has the type {(uint)type}, which GGUF does not have", start);
}
