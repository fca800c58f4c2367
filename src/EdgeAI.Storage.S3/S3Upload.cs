using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;

namespace EdgeAI.Storage.S3;

/// <summary>
/// Writes one object in parts, several at once. One that was broken off is found by its key, and parts that stand there with the same bytes are not sent again: a part's tag is the MD5 of its bytes.
/// </summary>
internal sealed class S3Upload(S3Requests requests, S3ClusterOptions options, string cluster, string key, string path)
{
    private const int MaxParts = 10_000;

    /// <param name="first">The content's first part.</param>
    /// <param name="rest">What comes behind it.</param>
    /// <param name="cancellationToken">Cancels; what was written waits for the next call, or for the bucket's rule on unfinished uploads.</param>
    public async Task<bool> RunAsync(ReadOnlyMemory<byte> first, Stream rest, CancellationToken cancellationToken)
    {
        var action = $"write '{key}'";
        try
        {
            var (upload, known) = await BeginAsync(action, cancellationToken).ConfigureAwait(false);
            var parts = await SendPartsAsync(upload, known, first, rest, cancellationToken).ConfigureAwait(false);
            var complete = new CompleteMultipartUploadRequest { BucketName = options.Bucket, Key = path, UploadId = upload, PartETags = parts };
            await requests.SendAsync(action, (client, token) => client.CompleteMultipartUploadAsync(complete, token), cancellationToken).ConfigureAwait(false);

            // The answer's body says so little that anything may be taken for it.
            return await IsThereAsync(cancellationToken).ConfigureAwait(false)
                ? true
                : throw new S3ClusterException(cluster, $"bucket '{options.Bucket}'", action, "it is not there, though the cluster seemed to have taken it");
        }
        catch (AmazonS3Exception exception)
        {
            // Completed by another writer of the same bytes, or by a try of ours whose answer was lost.
            if (exception.ErrorCode == "NoSuchUpload" && await IsThereAsync(cancellationToken).ConfigureAwait(false))
            {
                return true;
            }

            throw S3Requests.Refused(cluster, options, action, exception);
        }
    }

    private async Task<(string Upload, Dictionary<int, PartDetail> Known)> BeginAsync(string action, CancellationToken cancellationToken)
    {
        var list = new ListMultipartUploadsRequest { BucketName = options.Bucket, Prefix = path };
        var found = await requests.SendAsync(action, (client, token) => client.ListMultipartUploadsAsync(list, token), cancellationToken).ConfigureAwait(false);
        var latest = (found.MultipartUploads ?? []).Where(upload => upload.Key == path).OrderByDescending(upload => upload.Initiated).FirstOrDefault();
        if (latest is not null)
        {
            return (latest.UploadId, await ListPartsAsync(action, latest.UploadId, cancellationToken).ConfigureAwait(false));
        }

        var start = new InitiateMultipartUploadRequest { BucketName = options.Bucket, Key = path };
        if (options.StorageClass is { } storageClass)
        {
            start.StorageClass = new S3StorageClass(storageClass);
        }

        var started = await requests.SendAsync(action, (client, token) => client.InitiateMultipartUploadAsync(start, token), cancellationToken).ConfigureAwait(false);
        return (started.UploadId, []);
    }

    private async Task<Dictionary<int, PartDetail>> ListPartsAsync(string action, string upload, CancellationToken cancellationToken)
    {
        var parts = new Dictionary<int, PartDetail>();
        string? marker = null;
        while (true)
        {
            var list = new ListPartsRequest { BucketName = options.Bucket, Key = path, UploadId = upload, PartNumberMarker = marker };
            var page = await requests.SendAsync(action, (client, token) => client.ListPartsAsync(list, token), cancellationToken).ConfigureAwait(false);
            foreach (var part in page.Parts ?? [])
            {
                parts[part.PartNumber ?? 0] = part;
            }

            if (page.IsTruncated != true)
            {
                return parts;
            }

            marker = $"{page.NextPartNumberMarker}";
        }
    }

    private async Task<List<PartETag>> SendPartsAsync(string upload, Dictionary<int, PartDetail> known, ReadOnlyMemory<byte> first, Stream rest, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sending = new Queue<Task<PartETag>>();
        var sent = new List<PartETag>();
        try
        {
            sending.Enqueue(SendPartAsync(upload, known, 1, first, null, stop.Token));
            for (var number = 2; ; number++)
            {
                if (sending.Count == options.MaxParallelParts)
                {
                    sent.Add(await sending.Dequeue().ConfigureAwait(false));
                }

                var buffer = ArrayPool<byte>.Shared.Rent(options.PartLength);
                var length = await ReadAsync(rest, buffer, cancellationToken).ConfigureAwait(false);
                if (length == 0)
                {
                    break;
                }

                if (number > MaxParts)
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                    throw new S3ClusterException(cluster, options.Bucket, $"write '{key}'", $"it has more than {MaxParts} parts of {options.PartLength} bytes; set PartLength higher");
                }

                sending.Enqueue(SendPartAsync(upload, known, number, buffer.AsMemory(0, length), buffer, stop.Token));
            }

            while (sending.TryDequeue(out var part))
            {
                sent.Add(await part.ConfigureAwait(false));
            }

            return sent;
        }
        finally
        {
            // The buffers are the sender's until each has ended.
            await stop.CancelAsync().ConfigureAwait(false);
            foreach (var left in sending)
            {
                await ((Task)left).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<int> ReadAsync(Stream rest, byte[] buffer, CancellationToken cancellationToken)
    {
        var length = 0;
        try
        {
            length = await rest.ReadAtLeastAsync(buffer.AsMemory(0, options.PartLength), options.PartLength, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            return length;
        }
        finally
        {
            if (length == 0)
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    private async Task<PartETag> SendPartAsync(
        string upload, Dictionary<int, PartDetail> known, int number, ReadOnlyMemory<byte> content, byte[]? rented, CancellationToken cancellationToken)
    {
        try
        {
            if (known.TryGetValue(number, out var part) && part.Size == content.Length && part.ETag.Trim('"') == TagOf(content.Span))
            {
                return new PartETag(number, part.ETag);
            }

            var bytes = content;
            var response = await requests.SendAsync(
                $"write part {number} of '{key}'",
                async (client, token) =>
                {
                    MemoryMarshal.TryGetArray(bytes, out var segment);
                    using var body = new MemoryStream(segment.Array!, segment.Offset, segment.Count, writable: false);
                    var request = new UploadPartRequest { BucketName = options.Bucket, Key = path, UploadId = upload, PartNumber = number, InputStream = body, PartSize = bytes.Length };
                    var response = await client.UploadPartAsync(request, token).ConfigureAwait(false);
                    return S3Answers.RequireTag(response, response.ETag);
                },
                cancellationToken).ConfigureAwait(false);
            return new PartETag(number, response.ETag);
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    private async Task<bool> IsThereAsync(CancellationToken cancellationToken)
    {
        var look = new GetObjectMetadataRequest { BucketName = options.Bucket, Key = path };
        try
        {
            await requests.SendAsync(
                $"look up '{key}'",
                async (client, token) =>
                {
                    var found = await client.GetObjectMetadataAsync(look, token).ConfigureAwait(false);
                    return S3Answers.RequireObject(found, found.ETag, found.Headers.ContentType);
                },
                cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (AmazonS3Exception)
        {
            return false;
        }
    }

    // S3's tag of a part is the MD5 of its bytes, where it is no encrypted one: a mismatch sends it again.
#pragma warning disable CA5351 // It compares, and protects nothing: chunks are verified by SHA-256 where they are read.
    private static string TagOf(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(MD5.HashData(content));
#pragma warning restore CA5351
}
