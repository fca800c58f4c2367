using System.Text;

namespace EdgeAI.Isolation;

/// <summary>Messages over two streams: a length of 32 bits, a kind, and what the kind has. One thread reads; any may write.</summary>
internal sealed class WorkerChannel(Stream incoming, Stream outgoing)
{
    private readonly Lock _writing = new();

    /// <exception cref="IOException">The other side is gone.</exception>
    public void Write(WorkerMessageKind kind, Action<BinaryWriter> write)
    {
        using var message = new MemoryStream();
        using var writer = new BinaryWriter(message, Encoding.UTF8);
        writer.Write(0);
        writer.Write((byte)kind);
        write(writer);
        writer.Flush();
        message.Position = 0;
        writer.Write((int)message.Length - sizeof(int));
        writer.Flush();
        lock (_writing)
        {
            outgoing.Write(message.GetBuffer(), 0, (int)message.Length);
            outgoing.Flush();
        }
    }

    /// <exception cref="IOException">The other side is gone.</exception>
    public (WorkerMessageKind Kind, BinaryReader Body) Read()
    {
        var prefix = new byte[sizeof(int)];
        incoming.ReadExactly(prefix);
        var body = new byte[Math.Max(1, BitConverter.ToInt32(prefix))];
        incoming.ReadExactly(body);
        return ((WorkerMessageKind)body[0], new BinaryReader(new MemoryStream(body, 1, body.Length - 1), Encoding.UTF8));
    }
}
