using System.IO.Hashing;
using System.Text.Json;

namespace EdgeAI.Storage.Sources;

/// <summary>
/// A file that is being fetched, with a journal beside it that holds what the server called the content and a checksum of each whole block. What is there when it is opened again, after a crash
/// or a power cut, is compared with the checksums: the blocks that are right stay, all after them goes. Nothing needs a flush to be safe.
/// </summary>
internal sealed class PartialFile : IAsyncDisposable
{
    private const int BlockSize = 1 << 20;
    private const int ChecksumSize = 16;
    private const int MaxHeader = 1 << 16;

    private readonly FileStream _content;
    private readonly FileStream _journal;
    private readonly XxHash128 _block = new();

    private PartialFile(string path)
    {
        Path = path;
        _content = Open(path);
        _journal = Open(path + ".journal");
    }

    public string Path { get; }

    /// <summary>Bytes that are there and right.</summary>
    public long Length { get; private set; }

    /// <summary>What the server calls this content (a strong ETag); null when it has no name for it.</summary>
    public string? Validator { get; private set; }

    /// <summary>Bytes of the whole content; null while that is not known.</summary>
    public long? Total { get; private set; }

    public bool IsComplete => Total == Length;

    /// <summary>Opens what is there, or a new file.</summary>
    public static async ValueTask<PartialFile> OpenAsync(string path, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        var file = new PartialFile(path);
        try
        {
            await file.RecallAsync(cancellationToken).ConfigureAwait(false);
            return file;
        }
        catch
        {
            await file.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public static void Delete(string path)
    {
        File.Delete(path);
        File.Delete(path + ".journal");
    }

    /// <summary>Begins anew, with content of another name.</summary>
    public async ValueTask RestartAsync(string? validator, long? total, CancellationToken cancellationToken)
    {
        (Length, Validator, Total) = (0, validator, total);
        _block.Reset();
        _content.SetLength(0);
        _journal.SetLength(0);
        using var header = new MemoryStream();
        using (var json = new Utf8JsonWriter(header))
        {
            json.WriteStartObject();
            json.WriteString("validator", validator);
            if (total is { } known)
            {
                json.WriteNumber("length", known);
            }

            json.WriteEndObject();
        }

        header.WriteByte((byte)'\n');
        await _journal.WriteAsync(header.GetBuffer().AsMemory(0, (int)header.Length), cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await _content.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        while (bytes.Length > 0)
        {
            var part = (int)Math.Min(bytes.Length, BlockSize - (Length % BlockSize));
            _block.Append(bytes.Span[..part]);
            bytes = bytes[part..];
            Length += part;
            if (Length % BlockSize == 0 || Length == Total)
            {
                await _journal.WriteAsync(_block.GetHashAndReset(), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _content.DisposeAsync().ConfigureAwait(false);
        await _journal.DisposeAsync().ConfigureAwait(false);
    }

    private async ValueTask RecallAsync(CancellationToken cancellationToken)
    {
        var journal = new byte[_journal.Length];
        await _journal.ReadExactlyAsync(journal, cancellationToken).ConfigureAwait(false);
        var end = journal.AsSpan(0, Math.Min(journal.Length, MaxHeader)).IndexOf((byte)'\n');
        if (end < 0 || !TryReadHeader(journal.AsSpan(0, end)))
        {
            await RestartAsync(null, null, cancellationToken).ConfigureAwait(false);
            return;
        }

        var buffer = new byte[BlockSize];
        var place = end + 1;
        for (; place + ChecksumSize <= journal.Length; place += ChecksumSize)
        {
            var read = await _content.ReadAtLeastAsync(buffer, BlockSize, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            var isWhole = read == BlockSize || Length + read == Total;
            if (read == 0 || !isWhole || !XxHash128.Hash(buffer.AsSpan(0, read)).AsSpan().SequenceEqual(journal.AsSpan(place, ChecksumSize)))
            {
                break;
            }

            Length += read;
        }

        _content.SetLength(Length);
        _content.Position = Length;
        _journal.SetLength(place);
        _journal.Position = place;
    }

    private bool TryReadHeader(ReadOnlySpan<byte> header)
    {
        try
        {
            var reader = new Utf8JsonReader(header);
            using var json = JsonDocument.ParseValue(ref reader);
            Validator = json.RootElement.GetProperty("validator").GetString();
            Total = json.RootElement.TryGetProperty("length", out var length) ? length.GetInt64() : null;
            return true;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return false;
        }
    }

    private static FileStream Open(string path) => new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 1, FileOptions.Asynchronous);
}
