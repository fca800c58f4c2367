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

    private PackWriter(string path)
    {
        _path = path;
        _file = DurableFile.Create(path);
        _flush = new FlushAhead(_file.SafeFileHandle);
    }

    /// <summary>How many bytes are written so far.</summary>
    public long Length { get; private set; }

    public static async ValueTask<PackWriter> CreateAsync(string path, CancellationToken cancellationToken)
    {
        var writer = new PackWriter(path);
        var header = new byte[PackFormat.HeaderLength];
        PackFormat.WriteHeader(header);
        await writer.WriteAsync(header, cancellationToken).ConfigureAwait(false);
        return writer;
    }

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
        await DurableFile.FlushAsync(_file, cancellationToken).ConfigureAwait(false);
        await _file.DisposeAsync().ConfigureAwait(false);
        return new WrittenPack(_path, new Digest(_hash.GetHashAndReset()), Length, _entries);
    }

    public async ValueTask DisposeAsync()
    {
        await _flush.DisposeAsync().ConfigureAwait(false);
        await _file.DisposeAsync().ConfigureAwait(false);
        _hash.Dispose();
    }

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        _hash.AppendData(bytes.Span);
        await _file.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        Length += bytes.Length;
        _flush.Wrote(bytes.Length);
    }
}
