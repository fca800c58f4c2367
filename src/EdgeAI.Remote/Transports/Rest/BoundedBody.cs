using EdgeAI.Remote.Protocol;

namespace EdgeAI.Remote.Transports.Rest;

/// <summary>Reads an answer into memory, and no more of it than is allowed.</summary>
internal static class BoundedBody
{
    private const int FirstBytes = 64 << 10;

    /// <exception cref="RemoteCallException">It is too long, or shorter than it says.</exception>
    public static async Task<byte[]> ReadAsync(HttpContent content, long limit, CancellationToken cancellationToken)
    {
        var declared = content.Headers.ContentLength;
        if (declared > limit)
        {
            throw TooLong(limit);
        }

        var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            // Memory is taken as bytes come, whatever the server says will come.
            var buffer = new byte[Math.Min(declared ?? FirstBytes, FirstBytes)];
            var length = 0;
            while (true)
            {
                if (length == buffer.Length)
                {
                    if (length == declared)
                    {
                        break;
                    }

                    Array.Resize(ref buffer, (int)Math.Min(declared ?? (limit + 1), Math.Max(FirstBytes, buffer.Length * 4L)));
                }

                var read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
                if (read == 0)
                {
                    break;
                }

                length += read;
                if (length > limit)
                {
                    throw TooLong(limit);
                }
            }

            Array.Resize(ref buffer, length);
            return buffer;
        }
    }

    private static RemoteCallException TooLong(long limit) => RemoteCallException.Garbled($"it is longer than {limit} bytes (MaxResponseBytes).");
}
