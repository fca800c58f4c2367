using System.IO.Hashing;
using System.Security.Cryptography;
using EdgeAI.Models;
using EdgeAI.Storage.Durability;

namespace EdgeAI.Storage.Packs;

/// <summary>Writes one pack under a temporary name. Not thread-safe.</summary>
internal sealed class PackWriter : IAsyncDisposable
{
    private readonly string _path;
    private readonly FileStream _file;
    private readonly FlushAhead _flush;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly List<PackEntry> _entries = [];

    private PackWriter(string path, FileStream file)
    {
        _path = path;
        _file = file;
        _flush = new FlushAhead(_file.SafeFileHandle);
    }

    /// <summary>How many bytes are written so far.</summary>
    public long Length { get; private set; }

    public static async ValueTask<PackWriter> CreateAsync(string path, CancellationToken cancellationToken)
    {
        var writer = new PackWriter(path, DurableFile.Create(path));
        await writer.WriteHeaderAsync(cancellationToken).ConfigureAwait(false);
        return writer;
    }

    /// <summary>Goes on with a pack that was interrupted, after the last chunk that is whole; from the start when there is none.</summary>
    /// <param name="path">The file; made when it is not there.</param>
    /// <param name="written">What it should begin with: the chunks in order, and the XXH3 of their stored bytes. Not vetted.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    public static async ValueTask<PackWriter> ResumeAsync(string path, IEnumerable<(PackEntry Entry, ulong Stored)> written, CancellationToken cancellationToken)
    {
        var writer = new PackWriter(path, new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read));
        var header = new byte[PackFormat.HeaderLength];
        if (await writer._file.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false) == header.Length
            && PackFormat.IsHeaderIntact(header))
        {
            writer._hash.AppendData(header);
            writer.Length = header.Length;
            foreach (var (entry, checksum) in written)
            {
                if (entry.Offset != writer.Length || entry.StoredLength is < 0 or > PackFormat.MaxChunkLength)
                {
                    break;
                }

                var stored = new byte[entry.StoredLength];
                if (await writer._file.ReadAtLeastAsync(stored, stored.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false) != stored.Length
                    || XxHash3.HashToUInt64(stored) != checksum)
                {
                    break;
                }

                writer._hash.AppendData(stored);
                writer._entries.Add(entry);
                writer.Length += stored.Length;
            }
        }

        writer._file.SetLength(writer.Length);
        writer._file.Position = writer.Length;
        if (writer.Length == 0)
        {
            await writer.WriteHeaderAsync(cancellationToken).ConfigureAwait(false);
        }

        return writer;
    }

    /// <summary>The chunks that it has so far, in order.</summary>
    public IReadOnlyList<PackEntry> Entries => _entries;

    /// <summary>Hands what was written to the system: it survives the process, not the machine.</summary>
    public Task HandOverAsync(CancellationToken cancellationToken) => _file.FlushAsync(cancellationToken);

    public async ValueTask AddAsync(
        Digest chunk,
        int length,
        ulong checksum,
        byte codec,
        ChunkBase? baseline,
        ReadOnlyMemory<byte> stored,
        CancellationToken cancellationToken)
    {
        _entries.Add(new PackEntry(chunk, Length, stored.Length, length, checksum, codec, baseline));
        await WriteAsync(stored, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes the index and puts the pack on disk, still under its temporary name.</summary>
    public async ValueTask<WrittenPack> CompleteAsync(CancellationToken cancellationToken)
    {
        var index = new byte[_entries.Count * PackFormat.EntryLength];
        for (var i = 0; i < _entries.Count; i++)
        {
            PackFormat.WriteEntry(index.AsSpan(i * PackFormat.EntryLength, PackFormat.EntryLength), _entries[i]);
        }

        var trailer = new byte[PackFormat.TrailerLength];
        PackFormat.WriteTrailer(trailer, Length, index);
        await WriteAsync(index, cancellationToken).ConfigureAwait(false);
        await WriteAsync(trailer, cancellationToken).ConfigureAwait(false);
        await _flush.CompleteAsync().ConfigureAwait(false);
        await _file.FlushAsync(cancellationToken).ConfigureAwait(false);

        // A thread of its own: others are at work while this waits for the disk.
        await Task.Factory.StartNew(() => DurableFile.Flush(_file), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        await _file.DisposeAsync().ConfigureAwait(false);
        return new WrittenPack(_path, new Digest(_hash.GetHashAndReset()), Length, _entries);
    }

    public async ValueTask DisposeAsync()
    {
        await _flush.DisposeAsync().ConfigureAwait(false);
        await _file.DisposeAsync().ConfigureAwait(false);
        _hash.Dispose();
    }

    private async ValueTask WriteHeaderAsync(CancellationToken cancellationToken)
    {
        var header = new byte[PackFormat.HeaderLength];
        PackFormat.WriteHeader(header);
        await WriteAsync(header, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        _hash.AppendData(bytes.Span);
        await _file.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        Length += bytes.Length;
        _flush.Wrote(bytes.Length);
    }
}
