using System.Buffers.Binary;

namespace EdgeAI.Storage.Tests.Importing.Fuzzing;

/// <summary>Damages files in the ways that find mistakes in parsers; the same ways for the same seed.</summary>
internal sealed class Mutator(int seed)
{
    private static readonly ulong[] Extremes =
        [0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 1UL << 31, uint.MaxValue, 1UL << 32, 1UL << 60, long.MaxValue, 1UL << 63, ulong.MaxValue];

    private readonly Random _random = new(seed);

    /// <summary>A damaged copy of one of the files.</summary>
    public byte[] Mutate(IReadOnlyList<byte[]> files)
    {
        var content = files[_random.Next(files.Count)].ToArray();
        for (var changes = 1 << _random.Next(5); changes > 0 && content.Length > 0; changes--)
        {
            content = Change(content, files);
        }

        return content;
    }

    private byte[] Change(byte[] content, IReadOnlyList<byte[]> files)
    {
        var at = Place(content.Length);
        switch (_random.Next(8))
        {
            case 0:
                content[at] ^= (byte)(1 << _random.Next(8));
                return content;
            case 1:
                content[at] = (byte)_random.Next(256);
                return content;
            case 2:
                return Overwrite(content, at, Extreme(sizeof(ulong)));
            case 3:
                return Overwrite(content, at, Extreme(sizeof(uint)));
            case 4:
                return [.. content[..at], .. content.AsSpan(at + _random.Next(Math.Min(64, content.Length - at)))];
            case 5:
                var run = content.AsSpan(at, _random.Next(Math.Min(64, content.Length - at) + 1)).ToArray();
                return [.. content[..at], .. run, .. content[at..]];
            case 6:
                return content[..at];
            default:
                var other = files[_random.Next(files.Count)];
                return [.. content[..at], .. other.AsSpan(Place(Math.Max(1, other.Length)))];
        }
    }

    // Most of what a parser reads stands at the start.
    private int Place(int length) => _random.Next(2) == 0 ? _random.Next(length) : _random.Next(Math.Min(length, 400));

    private byte[] Extreme(int size)
    {
        var bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, Extremes[_random.Next(Extremes.Length)]);
        return bytes[..size];
    }

    private static byte[] Overwrite(byte[] content, int at, byte[] value)
    {
        value.AsSpan(0, Math.Min(value.Length, content.Length - at)).CopyTo(content.AsSpan(at));
        return content;
    }
}
