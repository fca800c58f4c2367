using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using EdgeAI.AspNetCore.Protocol;
using EdgeAI.Storage;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace EdgeAI.AspNetCore.Uploads;

/// <summary>
/// Uploads that go on, each a folder by an id that nobody guesses: what it is to be, and what has come. What has come stays when a connection breaks or the app ends; the next request says from where it goes on.
/// One request at a time writes to an upload.
/// </summary>
internal sealed class UploadFolder(string directory, TimeSpan lifetime, TimeProvider time)
{
    private const string DescriptionName = "upload.json";
    private const string ContentName = "content";
    private const int IdBytes = 16;

    private readonly ConcurrentDictionary<string, byte> _busy = [];

    /// <summary>Begins an upload, and clears away those that nobody has gone on with.</summary>
    public async ValueTask<Upload> CreateAsync(Upload upload, CancellationToken cancellationToken)
    {
        RemoveOld();
        var begun = upload with { Id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes)) };
        Directory.CreateDirectory(FolderOf(begun.Id));
        await File.WriteAllBytesAsync(ContentOf(begun), [], cancellationToken).ConfigureAwait(false);

        // Last, so that one that has a description is whole.
        await File.WriteAllBytesAsync(
            Path.Combine(FolderOf(begun.Id), DescriptionName), JsonSerializer.SerializeToUtf8Bytes(begun, UploadJson.Default.Upload), cancellationToken).ConfigureAwait(false);
        return begun;
    }

    /// <exception cref="ProtocolException">There is no such upload.</exception>
    public Upload Find(string? id)
    {
        // Only what was made here becomes a path.
        if (id is not { Length: IdBytes * 2 } || !id.All(char.IsAsciiHexDigitLower) || !File.Exists(Path.Combine(FolderOf(id), DescriptionName)))
        {
            throw ProtocolException.NotFound("There is no such upload; it may be done, removed, or too old.");
        }

        return JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(FolderOf(id), DescriptionName)), UploadJson.Default.Upload)! with { Id = id };
    }

    /// <summary>How much has come, in bytes.</summary>
    public long OffsetOf(Upload upload) => new FileInfo(ContentOf(upload)).Length;

    /// <summary>Where what has come is.</summary>
    public string ContentOf(Upload upload) => Path.Combine(FolderOf(upload.Id), ContentName);

    /// <summary>Works on an upload alone.</summary>
    /// <exception cref="ProtocolException">Another request does.</exception>
    public async ValueTask UseAsync(Upload upload, Func<ValueTask> use)
    {
        if (!_busy.TryAdd(upload.Id, 0))
        {
            throw Conflict("Another request works on this upload.");
        }

        try
        {
            await use().ConfigureAwait(false);
        }
        finally
        {
            _busy.TryRemove(upload.Id, out _);
        }
    }

    /// <summary>Appends what comes. What came before a failure is kept.</summary>
    /// <exception cref="ProtocolException">It does not go on where the upload stands, or is longer than it was said to be.</exception>
    public async ValueTask AppendAsync(Upload upload, long offset, Stream content, CancellationToken cancellationToken)
    {
        if (offset != OffsetOf(upload))
        {
            throw Conflict(string.Create(CultureInfo.InvariantCulture, $"The upload stands at {OffsetOf(upload)}, not at {offset}."));
        }

        var file = new FileStream(ContentOf(upload), FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0, useAsync: true);
        await using (file.ConfigureAwait(false))
        {
            var buffer = new byte[128 * 1024];
            for (int read; (read = await content.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0; offset += read)
            {
                if (offset + read > upload.Length)
                {
                    throw ProtocolException.TooLarge($"The upload was to have {upload.Length} bytes, and there are more.");
                }

                await WriteAsync(file, buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Compares what has come with the digest that it must have.</summary>
    /// <exception cref="ProtocolException">It is something else.</exception>
    public async ValueTask CheckAsync(Upload upload, CancellationToken cancellationToken)
    {
        if (upload.Sha256 is null)
        {
            return;
        }

        var file = File.OpenRead(ContentOf(upload));
        await using (file.ConfigureAwait(false))
        {
            var digest = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken).ConfigureAwait(false));
            if (!string.Equals(digest, upload.Sha256, StringComparison.OrdinalIgnoreCase))
            {
                throw new ProtocolException(
                    StatusCodes.Status422UnprocessableEntity, StatusCode.DataLoss, $"The file has the SHA-256 {digest}, not {upload.Sha256}; it was thrown away. Upload it again.");
            }
        }
    }

    public void Remove(Upload upload) => Directory.Delete(FolderOf(upload.Id), recursive: true);

    private static ProtocolException Conflict(string message) => new(StatusCodes.Status409Conflict, StatusCode.Aborted, message);

    private async ValueTask WriteAsync(FileStream file, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await file.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException exception) when (new DriveInfo(directory).AvailableFreeSpace < bytes.Length)
        {
            throw new StorageFullException(directory, exception);
        }
    }

    private void RemoveOld()
    {
        if (!Directory.Exists(directory))
        {
            return;
        }

        foreach (var folder in Directory.EnumerateDirectories(directory))
        {
            var content = new FileInfo(Path.Combine(folder, ContentName));
            if (time.GetUtcNow() - content.LastWriteTimeUtc > lifetime && !_busy.ContainsKey(Path.GetFileName(folder)))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private string FolderOf(string id) => Path.Combine(directory, id);
}
