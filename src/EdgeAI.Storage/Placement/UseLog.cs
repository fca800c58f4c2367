using System.Buffers.Binary;
using EdgeAI.Models;
using EdgeAI.Storage.Durability;

namespace EdgeAI.Storage.Placement;

/// <summary>
/// The latest uses of models, by all processes, in a file. It is advice: what is lost of it makes nothing wrong, so that nothing is flushed, and who can't have the file at once goes without. Thread-safe.
/// </summary>
/// <param name="path">The file; made when it is not there.</param>
/// <param name="lockPath">The file that is locked while it changes.</param>
internal sealed class UseLog(string path, string lockPath)
{
    private const int RecordLength = 48;
    private const int HeaderLength = 16;
    private const int MaxRecords = 40_000;
    private const int KeptRecords = 20_000;
    private const int MaxSpins = 200;

    // The header: this, and how many records were left out before those that follow.
    private const long Magic = 0x31_45_53_55_49_41_47_45;

    private readonly Lock _gate = new();

    /// <summary>Notes a use. Fails silently.</summary>
    public void Add(UseRecord use)
    {
        lock (_gate)
        {
            try
            {
                using var alone = TryLock();
                if (alone is not null)
                {
                    Append_NeedsLock(use);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // A full disk, or a store that may only be read.
            }
        }
    }

    /// <summary>Reads uses in order.</summary>
    /// <param name="first">How many to leave out, from the first that was ever noted on.</param>
    /// <returns>The uses, and how many were ever noted by then.</returns>
    public (IReadOnlyList<UseRecord> Uses, long End) Read(long first = 0)
    {
        lock (_gate)
        {
            try
            {
                var bytes = File.Exists(path) ? File.ReadAllBytes(path) : [];
                if (bytes.Length < HeaderLength || BinaryPrimitives.ReadInt64LittleEndian(bytes) != Magic)
                {
                    return ([], 0);
                }

                var dropped = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(8));
                var count = (bytes.Length - HeaderLength) / RecordLength;

                // A log that was begun anew has fewer than were read of the old one.
                var skipped = first > dropped + count ? 0 : (int)Math.Max(0, first - dropped);
                var uses = new List<UseRecord>(count - skipped);
                for (var i = skipped; i < count; i++)
                {
                    uses.Add(Parse(bytes.AsSpan(HeaderLength + (i * RecordLength), RecordLength)));
                }

                return (uses, dropped + count);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return ([], first);
            }
        }
    }

    private static UseRecord Parse(ReadOnlySpan<byte> record)
    {
        var time = Math.Clamp(BinaryPrimitives.ReadInt64LittleEndian(record), 0, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds());
        return new UseRecord(new Digest(record[16..]), DateTimeOffset.FromUnixTimeMilliseconds(time), Math.Max(0, BinaryPrimitives.ReadInt64LittleEndian(record[8..])));
    }

    private void Append_NeedsLock(UseRecord use)
    {
        using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        var count = (file.Length - HeaderLength) / RecordLength;
        Span<byte> header = stackalloc byte[HeaderLength];
        var isWhole = file.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false) == HeaderLength && BinaryPrimitives.ReadInt64LittleEndian(header) == Magic;
        if (!isWhole)
        {
            BinaryPrimitives.WriteInt64LittleEndian(header, Magic);
            BinaryPrimitives.WriteInt64LittleEndian(header[8..], 0);
            Rewrite(file, header, []);
            count = 0;
        }
        else if (count >= MaxRecords)
        {
            var kept = new byte[KeptRecords * RecordLength];
            file.Position = HeaderLength + ((count - KeptRecords) * RecordLength);
            file.ReadExactly(kept);
            BinaryPrimitives.WriteInt64LittleEndian(header[8..], BinaryPrimitives.ReadInt64LittleEndian(header[8..]) + count - KeptRecords);
            Rewrite(file, header, kept);
            count = KeptRecords;
        }

        // Over a part of a record that a crash left.
        Span<byte> record = stackalloc byte[RecordLength];
        BinaryPrimitives.WriteInt64LittleEndian(record, use.At.ToUnixTimeMilliseconds());
        BinaryPrimitives.WriteInt64LittleEndian(record[8..], use.Length);
        use.Model.ToArray().CopyTo(record[16..]);
        file.Position = HeaderLength + (count * RecordLength);
        file.Write(record);
    }

    private static void Rewrite(FileStream file, ReadOnlySpan<byte> header, ReadOnlySpan<byte> records)
    {
        file.SetLength(0);
        file.Position = 0;
        file.Write(header);
        file.Write(records);
    }

    private FileLock? TryLock()
    {
        var spin = default(SpinWait);
        for (var tries = 0; tries < MaxSpins; tries++)
        {
            if (FileLock.TryAcquireExclusive(lockPath) is { } acquired)
            {
                return acquired;
            }

            spin.SpinOnce(sleep1Threshold: -1);
        }

        return null;
    }
}
