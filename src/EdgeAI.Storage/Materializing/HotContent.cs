using System.Buffers.Binary;
using EdgeAI.Models;

namespace EdgeAI.Storage.Materializing;

/// <summary>
/// Names for what hot files are made of: the SHA-256 of the list of chunks and places. The same name is the same bytes, in whatever model and at whatever place, and is known
/// before any of them is read.
/// </summary>
internal static class HotContent
{
    private const int PartSize = sizeof(long) + sizeof(int) + sizeof(int) + Digest.Size;
    private const int RunSize = sizeof(long) + Digest.Size;

    // What is hashed must not be taken for something else that is hashed here.
    private static ReadOnlySpan<byte> RunPrefix => "EdgeAI hot run 1\n"u8;

    private static ReadOnlySpan<byte> FilePrefix => "EdgeAI hot file 1\n"u8;

    /// <summary>The name of a run's bytes; null when it is not made from chunks.</summary>
    public static Digest? Of(HotRun run)
    {
        var text = new byte[RunPrefix.Length + (run.Parts.Count * PartSize)];
        RunPrefix.CopyTo(text);
        var rest = text.AsSpan(RunPrefix.Length);
        foreach (var part in run.Parts)
        {
            if (part.Chunk is not { } chunk)
            {
                return null;
            }

            BinaryPrimitives.WriteInt64LittleEndian(rest, part.Offset - run.Offset);
            BinaryPrimitives.WriteInt32LittleEndian(rest[sizeof(long)..], part.Length);
            BinaryPrimitives.WriteInt32LittleEndian(rest[(sizeof(long) + sizeof(int))..], part.Start);
            chunk.Digest.ToArray().CopyTo(rest[(PartSize - Digest.Size)..]);
            rest = rest[PartSize..];
        }

        return Digest.Of(text);
    }

    /// <summary>The name of a file's bytes; null when it is not made from chunks, or is empty.</summary>
    public static Digest? Of(long length, IReadOnlyList<HotRun> runs, IReadOnlyList<Digest?> contents)
    {
        var text = new byte[FilePrefix.Length + sizeof(long) + (runs.Count * RunSize)];
        FilePrefix.CopyTo(text);
        var rest = text.AsSpan(FilePrefix.Length);
        BinaryPrimitives.WriteInt64LittleEndian(rest, length);
        rest = rest[sizeof(long)..];
        for (var i = 0; i < runs.Count; i++)
        {
            if (contents[i] is not { } content)
            {
                return null;
            }

            BinaryPrimitives.WriteInt64LittleEndian(rest, runs[i].Offset);
            content.ToArray().CopyTo(rest[sizeof(long)..]);
            rest = rest[RunSize..];
        }

        return runs.Count == 0 ? null : Digest.Of(text);
    }
}
