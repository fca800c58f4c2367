using System.Buffers.Binary;
using EdgeAI.Storage.Packs;

namespace EdgeAI.Storage.Clusters;

/// <summary>
/// Which verified chunks a pack that is being pulled has: an entry as packs have it, and the XXH3 of the stored bytes, for each. It is flushed to no disk: after a power cut it may name
/// chunks that are not there, so each is compared with its checksum before it is believed. Not thread-safe.
/// </summary>
internal sealed class IncomingJournal : IDisposable
{
    private const int RecordLength = PackFormat.EntryLength + sizeof(ulong);

    private readonly FileStream _file;

    public IncomingJournal(string path)
    {
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        Found = Read();
    }

    /// <summary>What was written before, as far as it is whole.</summary>
    public IReadOnlyList<(PackEntry Entry, ulong Stored)> Found { get; }

    /// <summary>Begins after some of what was found: the rest was not true.</summary>
    public void Keep(int count)
    {
        _file.SetLength((long)count * RecordLength);
        _file.Position = _file.Length;
    }

    /// <summary>Says that a chunk is written.</summary>
    public void Add(in PackEntry entry, ulong stored)
    {
        Span<byte> record = stackalloc byte[RecordLength];
        PackFormat.WriteEntry(record, entry);
        BinaryPrimitives.WriteUInt64LittleEndian(record[PackFormat.EntryLength..], stored);
        _file.Write(record);
    }

    public void Dispose() => _file.Dispose();

    private List<(PackEntry Entry, ulong Stored)> Read()
    {
        var found = new List<(PackEntry, ulong)>();
        var record = new byte[RecordLength];
        while (_file.ReadAtLeast(record, RecordLength, throwOnEndOfStream: false) == RecordLength)
        {
            found.Add((PackFormat.ReadEntry(record), BinaryPrimitives.ReadUInt64LittleEndian(record.AsSpan(PackFormat.EntryLength))));
        }

        return found;
    }
}
