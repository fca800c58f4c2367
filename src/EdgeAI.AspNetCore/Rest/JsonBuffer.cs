using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.ObjectPool;

namespace EdgeAI.AspNetCore.Rest;

/// <summary>JSON on its way out, in memory that is used again.</summary>
internal sealed class JsonBuffer
{
    /// <summary>How much is gathered before it is sent, in bytes.</summary>
    public const int SendAt = 32 * 1024;

    // A buffer that has grown far over what is usual is let go.
    private const int KeepUpTo = 1 << 20;

    private static readonly ObjectPool<JsonBuffer> Pool = new DefaultObjectPool<JsonBuffer>(new DefaultPooledObjectPolicy<JsonBuffer>(), Environment.ProcessorCount * 4);

    private readonly ArrayBufferWriter<byte> _bytes = new(SendAt * 2);

    public JsonBuffer() => Writer = new Utf8JsonWriter(_bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });

    public Utf8JsonWriter Writer { get; }

    /// <summary>What is written and not taken yet, the writer's own part included.</summary>
    public long Length => _bytes.WrittenCount + Writer.BytesPending;

    public static JsonBuffer Take() => Pool.Get();

    /// <summary>All that is written.</summary>
    public ReadOnlyMemory<byte> Flush()
    {
        Writer.Flush();
        return _bytes.WrittenMemory;
    }

    /// <summary>Forgets what <see cref="Flush"/> gave.</summary>
    public void Clear() => _bytes.ResetWrittenCount();

    public void Return()
    {
        if (_bytes.Capacity <= KeepUpTo)
        {
            Clear();
            Writer.Reset();
            Pool.Return(this);
        }
    }
}
