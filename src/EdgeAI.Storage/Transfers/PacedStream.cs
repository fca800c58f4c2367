using EdgeAI.Transfers;

namespace EdgeAI.Storage.Transfers;

/// <summary>Content on its way to another machine: what is read asks for its turn before it is handed on, a slice at a time. What is read again goes again, and asks again.</summary>
/// <param name="content">The content; it stays the caller's.</param>
/// <param name="turn">Waits until so many bytes may move.</param>
internal sealed class PacedStream(Stream content, Func<int, CancellationToken, ValueTask> turn) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => content.CanSeek;

    public override bool CanWrite => false;

    public override long Length => content.Length;

    public override long Position
    {
        get => content.Position;
        set => content.Position = value;
    }

    public override long Seek(long offset, SeekOrigin origin) => content.Seek(offset, origin);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await content.ReadAsync(buffer[..Math.Min(buffer.Length, ITransferScheduler.SliceSize)], cancellationToken).ConfigureAwait(false);
        if (read > 0)
        {
            await turn(read, cancellationToken).ConfigureAwait(false);
        }

        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    // There are tiers that read so; they block while others go first.
    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
