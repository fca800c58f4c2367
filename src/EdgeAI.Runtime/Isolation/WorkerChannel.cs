using System.Runtime.InteropServices;
using System.Text;

namespace EdgeAI.Isolation;

/// <summary>Messages over two streams: a length of 32 bits, a kind, and what the kind has. One thread reads; any may write.</summary>
internal sealed partial class WorkerChannel(Stream incoming, Stream outgoing)
{
    private const int StandardOutput = 1;
    private const int StandardError = 2;

    // A length that is not true takes no memory.
    private const int Block = 1 << 20;

    private readonly Lock _writing = new();

    /// <summary>The worker's channel, over its standard input and output. What models print goes to the standard error from then on, so as not to come between messages.</summary>
    public static WorkerChannel TakeStandardStreams()
    {
        // .NET's stream has its own handle of the output; on Windows native code that prints is not turned away.
        var channel = new WorkerChannel(Console.OpenStandardInput(), Console.OpenStandardOutput());
        Console.SetOut(Console.Error);
        if (!OperatingSystem.IsWindows())
        {
            _ = Duplicate(StandardError, StandardOutput);
        }

        return channel;
    }

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
    /// <exception cref="InvalidDataException">That is no message.</exception>
    public (WorkerMessageKind Kind, BinaryReader Body) Read()
    {
        var left = BitConverter.ToInt32(ReadBytes(sizeof(int)));
        if (left < 1)
        {
            throw new InvalidDataException($"The message is damaged: its length is {left}.");
        }

        var message = new MemoryStream(Math.Min(left, Block));
        for (; left > 0; left -= Math.Min(left, Block))
        {
            message.Write(ReadBytes(Math.Min(left, Block)));
        }

        message.Position = 0;
        return ((WorkerMessageKind)message.ReadByte(), new BinaryReader(message, Encoding.UTF8));
    }

    private byte[] ReadBytes(int count)
    {
        var bytes = new byte[count];
        incoming.ReadExactly(bytes);
        return bytes;
    }

    [LibraryImport("libc", EntryPoint = "dup2")]
    private static partial int Duplicate(int from, int to);
}
